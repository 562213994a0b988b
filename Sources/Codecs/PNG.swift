import Raster

/// PNG (Third Edition) over libpng.
///
/// Every colour type, depth and interlacing. Samples are returned as they are stored: no gamma, no `sBIT` scaling.
/// Fewer than eight bits of gray are spread over eight; a palette becomes RGB; `tRNS` becomes alpha; sixteen bits stay
/// sixteen. Of an animated PNG the default image is decoded.
public enum PNG {
  /// Reads the header, up to the first `IDAT`.
  public static func header(_ bytes: Span<UInt8>) throws(CodecError) -> ImageHeader {
    try ImageFormat.png.requireSignature(of: bytes)
    // libpng reads through a pointer; the reader ends before the span does.
    let (size, layout, coding) = try unsafe bytes.withUnsafeBufferPointer { buffer throws(CodecError) in
      let reader = try unsafe PNGReader.open(buffer)
      return (try reader.size(), reader.layout, reader.coding)
    }
    return ImageHeader(format: .png, size: size, layout: layout, isAnimated: isAnimated(bytes), coding: coding)
  }

  /// Decodes the picture.
  ///
  /// Bytes that end before `IEND` are `.truncated`, also when every pixel is there. What follows `IEND` is ignored. Of
  /// the chunks only `IHDR`, `PLTE`, `tRNS`, `IDAT` and `IEND` are read; text and profiles, whatever they inflate to,
  /// are skipped. A damaged `tRNS` is `.malformed`, not an opaque picture.
  public static func decode(_ bytes: Span<UInt8>, limits: Limits) throws(CodecError) -> Image {
    try ImageFormat.png.requireSignature(of: bytes)
    try limits.requireBytes(bytes.count)
    // libpng reads through a pointer; the reader ends before the span does.
    return try unsafe bytes.withUnsafeBufferPointer { buffer throws(CodecError) -> Image in
      let reader = try unsafe PNGReader.open(buffer)
      let size = try reader.size()
      try limits.requirePixels(size)
      return try unsafe Image(size: size, layout: reader.layout) { pixels throws(CodecError) in
        try unsafe reader.readPixels(rows: size.height, to: pixels)
      }
    }
  }

  /// Whether an `acTL` chunk of more than one frame comes before the pixels (PNG Third Edition 11.3.6.1).
  private static func isAnimated(_ bytes: Span<UInt8>) -> Bool {
    func number(at offset: Int) -> Int { (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) } }
    var offset = 8
    while offset + 12 <= bytes.count {
      switch number(at: offset + 4) {
      case 0x6163_544C: return number(at: offset + 8) > 1
      case 0x4944_4154: return false
      default: offset += 12 + number(at: offset)
      }
    }
    return false
  }
}
