import CZlib

/// By zlib, as libpng reads: the rows must be there to the last byte before anything is wrong, and behind them something
/// that is no row. What it is does not matter.
@safe struct PNGLenientInflater: PNGInflating, ~Copyable {
  /// It has to stay where it is: zlib points back to it.
  private let stream: UnsafeMutablePointer<z_stream>
  private var source: PNGData
  private var hasEnded = false

  /// A little is let pass behind the rows, as libpng lets it; what a small file can be inflated to is not.
  private static let mostSurplus = 1 << 20

  private static let missing = CodecError.malformed(.png, reason: "Not enough image data")

  /// - Parameter bytes: have to stay until this is gone.
  @unsafe init(_ bytes: UnsafeBufferPointer<UInt8>, _ data: [Range<Int>]) throws(CodecError) {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // inflateInit is a macro; these are its arguments.
    guard unsafe inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      unsafe stream.deallocate()
      throw .outOfMemory(.png)
    }
    unsafe self.stream = stream
    source = unsafe PNGData(bytes, data)
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  mutating func fill(_ target: UnsafeMutableBufferPointer<UInt8>) throws(CodecError) {
    var filled = 0
    while filled < target.count {
      if hasEnded { throw Self.missing }
      let (status, count) = unsafe step(to: UnsafeMutableBufferPointer(rebasing: target[filled...]))
      filled += count
      switch status {
      case Z_OK: break
      case Z_STREAM_END: hasEnded = true
      default: throw error(status)
      }
    }
  }

  mutating func finish() throws(CodecError) {
    if hasEnded { return }
    var surplus = [UInt8](repeating: 0, count: 16384)
    var isFirst = true
    var most = Self.mostSurplus
    while true {
      if source.isEmpty { throw Self.missing }
      // The buffer is zlib's for the length of the call.
      let (status, count) = unsafe surplus.withUnsafeMutableBufferPointer { unsafe step(to: $0) }
      switch status {
      case Z_OK where count > 0:
        isFirst = false
        most -= count
        if most < 0 { throw .malformed(.png, reason: "Too much image data") }
      case Z_OK where isFirst: return
      case Z_OK, Z_BUF_ERROR: throw Self.missing
      case Z_MEM_ERROR: throw .outOfMemory(.png)
      default: return
      }
    }
  }

  /// One call, with as much as zlib's numbers hold; says how many bytes came of it.
  private mutating func step(to target: UnsafeMutableBufferPointer<UInt8>) -> (status: Int32, count: Int) {
    let input = unsafe UnsafeMutableBufferPointer(mutating: source.next)
    let (count, room) = (UInt32(min(input.count, 1 << 30)), UInt32(min(target.count, 1 << 30)))
    unsafe stream.pointee.next_in = input.baseAddress
    unsafe stream.pointee.avail_in = count
    unsafe stream.pointee.next_out = target.baseAddress
    unsafe stream.pointee.avail_out = room
    let status = unsafe inflate(stream, Z_NO_FLUSH)
    source.take(unsafe Int(count - stream.pointee.avail_in))
    return unsafe (status, Int(room - stream.pointee.avail_out))
  }

  private func error(_ status: Int32) -> CodecError {
    if status == Z_MEM_ERROR { return .outOfMemory(.png) }
    if status == Z_NEED_DICT { return .malformed(.png, reason: "IDAT: missing LZ dictionary") }
    // zlib's words are constants.
    guard status != Z_BUF_ERROR, let words = unsafe stream.pointee.msg else { return Self.missing }
    return .malformed(.png, reason: unsafe "IDAT: \(String(cString: words))")
  }
}
