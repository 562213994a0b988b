import CZlib

/// zlib's streams, as PNG's iCCP, zTXt and iTXt chunks hold them, and PNG's checksum.
enum Zlib {
  /// Inflates a whole stream; `nil` when it is damaged, cut, or grows beyond `limit` bytes.
  static func inflated(_ bytes: Span<UInt8>, _ range: Range<Int>, limit: Int) -> [UInt8]? {
    guard range.count <= Int(UInt32.max), limit > 0 else { return nil }
    var stream = unsafe z_stream()
    // inflateInit is a macro; these are its arguments. The stream's memory is freed in the defer below.
    guard unsafe inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
    defer { unsafe inflateEnd(&stream) }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: min(limit + 1, 65_536))
    // Both buffers stay in place while zlib holds pointers to them: within these two calls.
    return unsafe bytes.extracting(range).withUnsafeBufferPointer { input in
      unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      unsafe stream.avail_in = UInt32(input.count)
      while true {
        let (status, produced) = unsafe chunk.withUnsafeMutableBufferPointer { buffer in
          unsafe stream.next_out = buffer.baseAddress
          unsafe stream.avail_out = UInt32(buffer.count)
          let status = unsafe inflate(&stream, Z_NO_FLUSH)
          return (status, unsafe buffer.count - Int(stream.avail_out))
        }
        guard status == Z_OK || status == Z_STREAM_END, output.count + produced <= limit else { return nil }
        output.append(contentsOf: chunk[..<produced])
        if status == Z_STREAM_END { return output }
        if produced == 0 { return nil }
      }
    }
  }

  static func deflated(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count <= Int(UInt32.max) else { return nil }
    var count = compressBound(uLong(bytes.count))
    var output = [UInt8](repeating: 0, count: Int(count))
    // zlib writes at most `count` bytes and sets it to what it wrote.
    let status = unsafe output.withUnsafeMutableBufferPointer { buffer in
      unsafe bytes.withUnsafeBufferPointer { input in
        unsafe compress2(buffer.baseAddress, &count, input.baseAddress, uLong(input.count), Z_DEFAULT_COMPRESSION)
      }
    }
    guard status == Z_OK else { return nil }
    return Array(output[..<Int(count)])
  }

  /// CRC-32 as PNG §5.5 defines it.
  static func checksum(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    // Only read, within the call.
    unsafe bytes.extracting(range).withUnsafeBufferPointer { buffer in
      unsafe UInt32(truncatingIfNeeded: crc32_z(0, buffer.baseAddress, buffer.count))
    }
  }
}
