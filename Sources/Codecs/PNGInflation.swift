import CDeflate
import CZlib

/// The rows of a PNG out of the data of its `IDAT` chunks (PNG Third Edition 10), which are one stream of zlib's.
///
/// libdeflate inflates in half of zlib's time, but all at once, and of what it refuses it says neither why nor how far
/// it came. zlib then tells: rows may all be there although the stream goes on behind them or has no proper end.
enum PNGInflation {
  /// Fills `target`.
  @unsafe static func inflate(
    _ stream: Span<UInt8>, to target: UnsafeMutableBufferPointer<UInt8>
  ) throws(CodecError) {
    // The libraries read through a pointer, for the length of the calls.
    try unsafe stream.withUnsafeBufferPointer { source throws(CodecError) in try unsafe inflate(source, to: target) }
  }

  @unsafe private static func inflate(
    _ stream: UnsafeBufferPointer<UInt8>, to target: UnsafeMutableBufferPointer<UInt8>
  ) throws(CodecError) {
    guard let decompressor = unsafe libdeflate_alloc_decompressor() else { throw .outOfMemory(.png) }
    defer { unsafe libdeflate_free_decompressor(decompressor) }
    // Without a place for the number of bytes it insists on all of them. What follows the stream does not matter.
    var used = 0
    let result = unsafe libdeflate_zlib_decompress_ex(
      decompressor, stream.baseAddress, stream.count, target.baseAddress, target.count, &used, nil)
    if result != LIBDEFLATE_SUCCESS { try unsafe inflateByZlib(stream, to: target) }
  }

  /// As libpng reads: the rows must be there to the last byte before anything is wrong, and behind them something that
  /// is no row. What it is does not matter.
  @unsafe private static func inflateByZlib(
    _ source: UnsafeBufferPointer<UInt8>, to target: UnsafeMutableBufferPointer<UInt8>
  ) throws(CodecError) {
    var stream = unsafe z_stream()
    // inflateInit is a macro; these are its arguments. The stream's memory is freed in the defer below.
    guard unsafe inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .outOfMemory(.png)
    }
    defer { unsafe inflateEnd(&stream) }
    var rest = unsafe UnsafeMutableBufferPointer(mutating: source)[...]
    var room = unsafe target[...]
    while unsafe !room.isEmpty {
      let status = unsafe step(&stream, &rest, &room)
      guard status == Z_OK || status == Z_STREAM_END else { throw unsafe error(status, stream) }
      let hasEnded = unsafe status == Z_STREAM_END || rest.isEmpty
      if unsafe hasEnded && !room.isEmpty { throw .malformed(.png, reason: missing) }
      if status == Z_STREAM_END { return }
    }
    try unsafe requireEnd(&stream, &rest)
  }

  /// Behind the last row.
  @unsafe private static func requireEnd(
    _ stream: inout z_stream, _ rest: inout Slice<UnsafeMutableBufferPointer<UInt8>>
  ) throws(CodecError) {
    var surplus = [UInt8](repeating: 0, count: 16384)
    var isFirst = true
    var most = mostSurplus
    while true {
      // The buffer is zlib's for the length of the call.
      let (status, produced) = unsafe surplus.withUnsafeMutableBufferPointer { buffer in
        var room = unsafe buffer[...]
        let status = unsafe rest.isEmpty ? Z_BUF_ERROR : step(&stream, &rest, &room)
        return (status, unsafe buffer.count - room.count)
      }
      switch status {
      case Z_OK where produced > 0:
        isFirst = false
        most -= produced
        if most < 0 { throw .malformed(.png, reason: "Too much image data") }
      case Z_OK where isFirst: return
      case Z_OK, Z_BUF_ERROR: throw .malformed(.png, reason: missing)
      case Z_MEM_ERROR: throw .outOfMemory(.png)
      default: return
      }
    }
  }

  /// A little is let pass, as libpng lets it; what a small file can be inflated to is not.
  private static let mostSurplus = 1 << 20

  private static let missing = "Not enough image data"

  /// One call, with as much as zlib's numbers hold.
  @unsafe private static func step(
    _ stream: inout z_stream, _ source: inout Slice<UnsafeMutableBufferPointer<UInt8>>,
    _ target: inout Slice<UnsafeMutableBufferPointer<UInt8>>
  ) -> Int32 {
    let input = unsafe UnsafeMutableBufferPointer(rebasing: source.prefix(1 << 30))
    let output = unsafe UnsafeMutableBufferPointer(rebasing: target.prefix(1 << 30))
    unsafe stream.next_in = input.baseAddress
    unsafe stream.avail_in = UInt32(input.count)
    unsafe stream.next_out = output.baseAddress
    unsafe stream.avail_out = UInt32(output.count)
    let status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
    unsafe source = source.dropFirst(input.count - Int(stream.avail_in))
    unsafe target = target.dropFirst(output.count - Int(stream.avail_out))
    return status
  }

  private static func error(_ status: Int32, _ stream: z_stream) -> CodecError {
    if status == Z_MEM_ERROR { return .outOfMemory(.png) }
    if status == Z_NEED_DICT { return .malformed(.png, reason: "IDAT: missing LZ dictionary") }
    // zlib's words are constants.
    guard let words = unsafe stream.msg else { return .malformed(.png, reason: missing) }
    return .malformed(.png, reason: unsafe "IDAT: \(String(cString: words))")
  }
}
