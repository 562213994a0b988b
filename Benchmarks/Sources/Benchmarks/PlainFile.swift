import Foundation

/// A file by its descriptor: open(2), read(2), write(2), fsync(2), nothing in between.
struct PlainFile: ~Copyable {
  struct Failure: Error, CustomStringConvertible {
    let call: String
    let number: Int32
    var description: String { "\(call) failed with errno \(number)" }
  }

  private let descriptor: Int32

  init(reading path: String) throws(Failure) {
    try self.init(path, O_RDONLY)
  }

  /// A new file.
  init(creating path: String) throws(Failure) {
    try self.init(path, O_WRONLY | O_CREAT | O_EXCL)
  }

  private init(_ path: String, _ flags: Int32) throws(Failure) {
    // The path is a C string for the length of the call.
    descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure(call: "open", number: errno) }
  }

  deinit { close(descriptor) }

  /// - Returns: how many bytes of the buffer were filled; 0 at the end of the file.
  func read(into buffer: inout [UInt8]) throws(Failure) -> Int {
    // The kernel writes no more than it is told the buffer holds.
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe Foundation.read(descriptor, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw Failure(call: "read", number: errno) }
    return count
  }

  func write(_ bytes: Span<UInt8>) throws(Failure) {
    var offset = 0
    while offset < bytes.count {
      // The kernel only reads them, within the call.
      let count = unsafe bytes.extracting(offset...).withUnsafeBufferPointer {
        unsafe Foundation.write(descriptor, $0.baseAddress, $0.count)
      }
      guard count > 0 else { throw Failure(call: "write", number: errno) }
      offset += count
    }
  }

  func sync() throws(Failure) {
    guard fsync(descriptor) == 0 else { throw Failure(call: "fsync", number: errno) }
  }
}
