import Glibc

/// A blob, open for reading any part of it. It stays readable when its name is gone.
public final class BlobReader: Sendable {
  /// In bytes; blobs never change once written.
  public let count: Int

  /// The open file, for another process to read; valid for as long as this object lives.
  public var descriptor: Int32 { file.number }

  private let file: Descriptor
  private let path: String

  init(folder: borrowing Folder, name: String) throws(SpoolError) {
    path = folder.pathOf(name)
    file = try folder.openBeneath(RelativePath(name), flags: O_RDONLY)
    count = try file.status(path: path).identity.size
  }

  /// Reads a part, from any thread.
  ///
  /// - Parameter range: within the blob.
  /// - Throws: also when the blob is shorter than it was when it was opened.
  public func bytes(in range: Range<Int>) throws(SpoolError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    try fill(&bytes, range.count, from: range.lowerBound)
    return bytes
  }

  /// Reads what follows an offset into a buffer that is used again and again.
  ///
  /// - Returns: how many bytes of the buffer were filled: all of them, or those up to the blob's end.
  /// - Throws: also when the blob is shorter than it was when it was opened.
  public func read(from offset: Int, into buffer: inout [UInt8]) throws(SpoolError) -> Int {
    let wanted = min(buffer.count, count - offset)
    try fill(&buffer, wanted, from: offset)
    return wanted
  }

  private func fill(_ buffer: inout [UInt8], _ wanted: Int, from offset: Int) throws(SpoolError) {
    var filled = 0
    while filled < wanted {
      let start = filled
      let read = try retrying("pread", path) {
        // The kernel fills the part of the buffer behind what is there already.
        unsafe buffer.withUnsafeMutableBytes { buffer in
          let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start..<wanted])
          return unsafe Glibc.pread(file.number, free.baseAddress, free.count, offset + start)
        }
      }
      guard read > 0 else { throw .system(call: "pread", path: path, errno: EIO) }
      filled += read
    }
  }
}
