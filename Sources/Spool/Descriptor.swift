import CLinux
import Glibc

/// An open file descriptor, closed when it goes.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32

  /// Takes over the result of a call that opens: -1 becomes an error that names `call` and `path`.
  init(_ call: String, _ path: String, _ opening: () -> Int32) throws(SpoolError) {
    number = try retrying(call, path, opening)
  }

  deinit {
    // Nothing can be done about an error here: what must be kept was synced before.
    _ = Glibc.close(number)
  }
}

/// Calls until the call is not interrupted by a signal; -1 becomes an error.
@discardableResult
func retrying<Result: FixedWidthInteger & SignedInteger>(
  _ call: String, _ path: String, _ body: () -> Result
) throws(SpoolError) -> Result {
  while true {
    let result = body()
    if result != -1 { return result }
    let number = errno
    if number != EINTR { throw .system(call: call, path: path, errno: number) }
  }
}

extension Descriptor {
  /// Writes all of it at the descriptor's offset: write(2) may be interrupted, and may write less than asked.
  borrowing func writeAll(_ bytes: Span<UInt8>, path: String) throws(SpoolError) {
    var start = 0
    while start < bytes.count {
      let rest = bytes.extracting(start..<bytes.count)
      let written = try retrying("write", path) {
        // The kernel reads the bytes during the call only.
        unsafe rest.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
      }
      // POSIX lets write(2) return 0 for a regular file only when asked for 0: going on would never end.
      guard written > 0 else { throw .system(call: "write", path: path, errno: EIO) }
      start += written
    }
  }

  /// Reads from the descriptor's offset to the end, at most `limit` bytes; nil when there are more.
  ///
  /// - Parameter expected: how many bytes are likely, from fstat(2); only a hint.
  borrowing func readAll(expected: Int, limit: Int, path: String) throws(SpoolError) -> [UInt8]? {
    // One byte more than expected, so that the end is seen without growing.
    var bytes = [UInt8](repeating: 0, count: max(0, min(expected, limit)) + 1)
    var count = 0
    while true {
      if count == bytes.count {
        if count > limit { return nil }
        bytes.append(contentsOf: repeatElement(0, count: min(count + 4096, limit + 1 - count)))
      }
      let read = try retrying("read", path) {
        // The kernel fills the part of the buffer behind what is there already.
        unsafe bytes.withUnsafeMutableBytes { buffer in
          let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
          return unsafe Glibc.read(number, free.baseAddress, free.count)
        }
      }
      if read == 0 { break }
      count += read
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// fsync(2). An error means that what was written is lost, and stays lost: Linux marks the pages clean, and a second
  /// fsync would report success. The caller writes anew, under a new descriptor.
  borrowing func sync(path: String) throws(SpoolError) {
    try retrying("fsync", path) { Glibc.fsync(number) }
  }

  /// Lets the disk begin with a part of what was written; ``sync(path:)`` is as needed as before.
  borrowing func beginWriteback(_ range: Range<Int>) {
    clinux_begin_writeback(number, Int64(range.lowerBound), Int64(range.count))
  }

  /// Sets the mode whatever the umask.
  borrowing func setMode(_ mode: mode_t, path: String) throws(SpoolError) {
    try retrying("fchmod", path) { Glibc.fchmod(number, mode) }
  }

  borrowing func status(path: String) throws(SpoolError) -> FileStatus {
    var status = stat()
    try retrying("fstat", path) { unsafe Glibc.fstat(number, &status) }
    return FileStatus(status)
  }
}
