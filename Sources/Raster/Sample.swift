/// One channel of a pixel as it lies in an image's bytes.
protocol Sample: FixedWidthInteger & UnsignedInteger {
  /// The sample that begins at a byte offset.
  static func load(_ bytes: Span<UInt8>, at offset: Int) -> Self
  func store(_ bytes: inout MutableSpan<UInt8>, at offset: Int)
}

extension UInt8: Sample {
  @inline(__always)
  static func load(_ bytes: Span<UInt8>, at offset: Int) -> UInt8 { bytes[offset] }

  @inline(__always)
  func store(_ bytes: inout MutableSpan<UInt8>, at offset: Int) { bytes[offset] = self }
}

// Byte by byte, so that no pointer need be cast; `littleEndian` turns the two bytes into the machine's order.
extension UInt16: Sample {
  @inline(__always)
  static func load(_ bytes: Span<UInt8>, at offset: Int) -> UInt16 {
    (UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8).littleEndian
  }

  @inline(__always)
  func store(_ bytes: inout MutableSpan<UInt8>, at offset: Int) {
    bytes[offset] = UInt8(truncatingIfNeeded: littleEndian)
    bytes[offset + 1] = UInt8(truncatingIfNeeded: littleEndian >> 8)
  }
}
