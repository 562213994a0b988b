import CZlib

/// Compressed answers, for clients that say they read them.
enum Gzip {
  /// Whether an `Accept-Encoding` header lists gzip with a weight above 0 (RFC 9110, 12.5.3).
  static func isAccepted(by header: String?) -> Bool {
    for coding in (header ?? "").lowercased().split(separator: ",") {
      let parts = coding.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
      guard let name = parts.first, name == "gzip" || name == "x-gzip" else { continue }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2) ?? "1"
      return (Double(weight) ?? 0) > 0
    }
    return false
  }

  /// The bytes as a gzip member (RFC 1952), quickly rather than small; `nil` when there is no memory for it.
  static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
    var stream = unsafe z_stream()
    // deflateInit2 is a macro; these are its arguments. 16 beyond the window's 15 bits asks for gzip's header. The
    // stream's memory is freed in the defer below.
    guard
      unsafe deflateInit2_(
        &stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        == Z_OK
    else { return nil }
    defer { unsafe deflateEnd(&stream) }
    let bound = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
    var isWhole = false
    let compressed = unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
      // deflate(3) only reads the input, and both buffers outlive the call; a body is smaller than 4 GiB.
      unsafe bytes.withUnsafeBufferPointer { input in
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.avail_in = UInt32(input.count)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = UInt32(output.count)
        isWhole = unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END
        count = unsafe Int(stream.total_out)
      }
    }
    return isWhole ? compressed : nil
  }
}
