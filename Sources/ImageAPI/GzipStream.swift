import CZlib

/// Inflates gzip (RFC 1952) that comes in pieces: one member, or several one after the other.
///
/// The memory that zlib works with belongs to the object and is used only while it is.
@safe
final class GzipStream {
  enum Failure: Error, Hashable, CustomStringConvertible {
    case damaged
    case cut
    /// More bytes than the limit.
    case tooLarge(limit: Int)
    case outOfMemory

    var description: String {
      switch self {
      case .damaged: "it is damaged"
      case .cut: "it is cut"
      case .tooLarge(let limit): "it inflates to more than \(limit) bytes"
      case .outOfMemory: "zlib has no memory"
      }
    }
  }

  /// zlib's state points back to this, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let limit: Int
  private var inflated = 0
  /// Before the first member, or at the end of one.
  private var isBetweenMembers = true
  /// Found behind bytes that were handed out first: what is read does not depend on how the stream was cut.
  private var failure: Failure?

  /// - Parameter limit: bytes of the inflated stream.
  init(limit: Int) {
    self.limit = limit
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // inflateInit2 is a macro; these are its arguments. 15 bits of window are gzip's own, 16 more say "gzip only".
    let status = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    if status != Z_OK { failure = .outOfMemory }
  }

  deinit {
    // Also right where the initialization failed: then there is no state to free.
    unsafe inflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  /// Inflates as much as the output takes.
  ///
  /// - Returns: how many bytes of the output are filled; 0 when the piece is used up.
  func next(_ piece: Span<UInt8>, at offset: inout Int, into output: inout [UInt8]) throws(Failure) -> Int {
    while true {
      if let failure { throw failure }
      // A member that ends with the piece may be the last one.
      if isBetweenMembers, offset == piece.count { return 0 }
      // One byte beyond the limit shows that there is more.
      let room = min(output.count, limit - inflated + 1)
      var (status, filled) = inflate(piece.extracting(offset...), at: &offset, into: &output, room: room)
      inflated += filled
      isBetweenMembers = status == Z_STREAM_END
      switch status {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: if unsafe inflateReset(stream) != Z_OK { failure = .damaged }
      case Z_MEM_ERROR: failure = .outOfMemory
      default: failure = .damaged
      }
      if inflated > limit {
        filled -= 1
        failure = .tooLarge(limit: limit)
      }
      if filled > 0 { return filled }
      if failure == nil, offset == piece.count { return 0 }
    }
  }

  /// The stream has ended.
  func finish() throws(Failure) {
    if let failure { throw failure }
    guard isBetweenMembers else { throw .cut }
  }

  private func inflate(
    _ input: Span<UInt8>, at offset: inout Int, into output: inout [UInt8], room: Int
  ) -> (status: Int32, filled: Int) {
    let count = min(input.count, 1 << 30)
    // zlib reads and writes only within this call, and no further than it is told.
    let (status, left, free) = unsafe input.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        unsafe stream.pointee.avail_in = UInt32(count)
        unsafe stream.pointee.next_out = target.baseAddress
        unsafe stream.pointee.avail_out = UInt32(room)
        let status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        return unsafe (status, Int(stream.pointee.avail_in), Int(stream.pointee.avail_out))
      }
    }
    offset += count - left
    return (status, room - free)
  }
}

extension GzipStream {
  /// A small body at once.
  static func inflated(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
    let stream = GzipStream(limit: limit)
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    var inflated: [UInt8] = []
    var offset = 0
    while true {
      let count = try stream.next(bytes.span, at: &offset, into: &buffer)
      guard count > 0 else { break }
      inflated += buffer[..<count]
    }
    try stream.finish()
    return inflated
  }
}
