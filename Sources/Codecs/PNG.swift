import Raster

/// PNG (Third Edition), read here over libdeflate.
///
/// Every colour type, depth and interlacing. Samples are returned as they are stored: no gamma, no `sBIT` scaling.
/// Fewer than eight bits of gray are spread over eight; a palette becomes RGB; `tRNS` becomes alpha; sixteen bits stay
/// sixteen. Of an animated PNG the default image is decoded.
public enum PNG {
  /// Reads the header, up to the first `IDAT`.
  public static func header(_ bytes: Span<UInt8>) throws(CodecError) -> ImageHeader {
    try ImageFormat.png.requireSignature(of: bytes)
    let header = try PNGHeader(bytes)
    return ImageHeader(
      format: .png, size: header.size, layout: header.layout, isAnimated: isAnimated(bytes), coding: header.coding)
  }

  /// Decodes the picture.
  ///
  /// Bytes that end before `IEND` are `.truncated`, also when every pixel is there. What follows `IEND` is ignored. Of
  /// the chunks only `IHDR`, `PLTE`, `tRNS`, `IDAT` and `IEND` are read; text and profiles, whatever they inflate to,
  /// are skipped. A damaged `tRNS` is `.malformed`, not an opaque picture.
  ///
  /// What is a picture, and of which pixels, is as in libpng: also where a file says more than it should, in chunks that
  /// are not needed, behind the last row, or in a palette that is too short for an index, which is then black. Other
  /// than there, deflate's window may be larger than the stream says.
  ///
  /// The rows are inflated and unfiltered in the picture's own memory; only of an interlaced picture they take a second
  /// one, of the size that is stored.
  public static func decode(_ bytes: Span<UInt8>, limits: Limits) throws(CodecError) -> Image {
    try ImageFormat.png.requireSignature(of: bytes)
    try limits.requireBytes(bytes.count)
    let header = try PNGHeader(bytes)
    try limits.requirePixels(header.size)
    return try PNGReader(header).image(bytes)
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
