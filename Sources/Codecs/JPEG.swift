import Raster

/// JPEG (ITU-T T.81, JFIF, Adobe APP14) over libjpeg-turbo.
///
/// Baseline, extended and progressive, Huffman and arithmetic coding, 8 bits a sample, every subsampling. Pixels equal
/// those of `djpeg` with its default settings. Lossless and 12-bit JPEG are `.unsupported`.
public enum JPEG {
  /// How much smaller than it is a picture is decoded.
  public enum Scale: Int, Hashable, Sendable, Codable, CaseIterable {
    case full = 1
    case half = 2
    case quarter = 4
    case eighth = 8

    /// What becomes of a picture of `size`: sides are rounded up.
    public func size(of size: Size) -> Size {
      Size(width: (size.width + rawValue - 1) / rawValue, height: (size.height + rawValue - 1) / rawValue)
    }
  }

  /// Reads the header, up to the first scan.
  ///
  /// Gray stays gray, CMYK and YCCK become `cmyk8`, everything else becomes `rgb8`.
  public static func header(_ bytes: Span<UInt8>) throws(CodecError) -> ImageHeader {
    try ImageFormat.jpeg.requireSignature(of: bytes)
    // libjpeg reads through a pointer; the reader ends before the span does.
    return try unsafe bytes.withUnsafeBufferPointer { buffer throws(CodecError) -> ImageHeader in
      try unsafe JPEGReader.open(buffer).imageHeader()
    }
  }

  /// Decodes the picture.
  ///
  /// Bytes that end before the end of image marker are `.truncated`, also when every pixel is there: nothing tells
  /// whether they are. What follows the marker is ignored. Damage that libjpeg only warns of, and fills with invented
  /// pixels, is `.malformed`.
  ///
  /// CMYK and YCCK come as `cmyk8`, 255 for all of an ink, whichever way the file has it: with an Adobe segment it
  /// stores how much is missing.
  ///
  /// - Parameter scale: makes a smaller picture of fewer samples for each block, in less time: of 2725x2225 pixels 0.76,
  ///   0.65 and 0.57 of it for a half, a quarter and an eighth. Pixels equal those of `djpeg -scale`. The limits are
  ///   for the whole picture.
  public static func decode(
    _ bytes: Span<UInt8>, limits: Limits, scale: Scale = .full
  ) throws(CodecError) -> Image {
    try ImageFormat.jpeg.requireSignature(of: bytes)
    try limits.requireBytes(bytes.count)
    // libjpeg reads through a pointer; the reader ends before the span does.
    return try unsafe bytes.withUnsafeBufferPointer { buffer throws(CodecError) -> Image in
      let reader = try unsafe JPEGReader.open(buffer)
      let header = try reader.imageHeader()
      try limits.requirePixels(header.size)
      try reader.start(scale)
      let size = scale.size(of: header.size)
      return try unsafe Image(size: size, layout: header.layout) { pixels throws(CodecError) in
        try unsafe reader.readRows(size.height, to: pixels)
        if reader.invertsInk {
          for index in pixels.indices { unsafe pixels[index] = ~pixels[index] }
        }
        try reader.finish()
      }
    }
  }
}
