import Glibc

/// An open file that came through a channel; closed when it goes.
public struct OpenFile: ~Copyable, Sendable {
  public let number: Int32

  init(_ number: Int32) {
    self.number = number
  }

  deinit {
    close(number)
  }

  /// Bytes. From lseek(2), since the C library's fstat(3) asks by a call that takes paths as well, and is refused to a worker.
  public borrowing func size() throws(ChannelError) -> Int {
    let end = lseek(number, 0, SEEK_END)
    guard end >= 0 else { throw .system(call: "lseek", errno: errno) }
    return end
  }

  /// Reads the beginning, whatever the file's offset is.
  ///
  /// - Returns: `count` bytes, or what there is.
  public borrowing func bytes(_ count: Int) throws(ChannelError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      // The kernel fills the part of the buffer behind what is there already.
      while filled < count {
        let rest = unsafe UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[filled...]))
        let read = unsafe pread(number, rest.baseAddress, rest.count, filled)
        if read > 0 {
          filled += read
        } else if read == 0 {
          break
        } else if errno != EINTR {
          failure = errno
          break
        }
      }
    }
    guard failure == 0 else { throw .system(call: "pread", errno: failure) }
    return bytes
  }

  /// Writes all of it from the file's beginning.
  public borrowing func write(_ bytes: Span<UInt8>) throws(ChannelError) {
    var start = 0
    while start < bytes.count {
      let rest = bytes.extracting(start..<bytes.count)
      // The kernel reads the bytes during the call only.
      let written = unsafe rest.withUnsafeBytes { unsafe pwrite(number, $0.baseAddress, $0.count, start) }
      if written > 0 {
        start += written
      } else if written == 0 || errno != EINTR {
        throw .system(call: "pwrite", errno: written == 0 ? EIO : errno)
      }
    }
  }
}
