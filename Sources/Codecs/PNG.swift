import Raster

/// PNG (Third Edition), read here over ISA-L.
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
      format: .png, size: header.size, layout: header.layout, isAnimated: header.isAnimated, coding: header.coding)
  }

  /// Decodes the picture.
  ///
  /// Bytes that end before `IEND` are `.truncated`, also when every pixel is there. What follows `IEND` is ignored. Of
  /// the chunks only `IHDR`, `PLTE`, `tRNS`, `IDAT` and `IEND` are read; text and profiles, whatever they inflate to,
  /// are skipped. A damaged `tRNS` is `.malformed`, not an opaque picture.
  ///
  /// What is a picture, and of which pixels, is as in libpng: also where a file says more than it should, in chunks that
  /// are not needed, behind the last row, or in a palette that is too short for an index, which is then black. Other
  /// than there, deflate's window may be larger than the stream says, and its codes may leave room for others; and no
  /// chunk may come before `IHDR`, nor an unknown critical one anywhere.
  ///
  /// Beside the picture's own memory it takes that of some rows, also of an interlaced picture: 128 KiB, or of longer
  /// rows two.
  public static func decode(_ bytes: Span<UInt8>, limits: Limits) throws(CodecError) -> Image {
    try ImageFormat.png.requireSignature(of: bytes)
    try limits.requireBytes(bytes.count)
    let header = try PNGHeader(bytes)
    try limits.requirePixels(header.size)
    return try PNGReader(header).image(bytes)
  }
}
