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
  /// Gray stays gray; everything else becomes `rgb8`.
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
  /// CMYK and YCCK become RGB without a profile: `r = (255 - c) * (255 - k) / 255`, rounded, and so on. Files with an
  /// Adobe segment store their ink inverted, which is honoured.
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
        if reader.storesInk {
          try unsafe decodeInk(from: reader, to: pixels, width: size.width)
        } else {
          try unsafe reader.readRows(size.height, to: pixels)
        }
        try reader.finish()
      }
    }
  }

  /// Decodes CMYK row by row, because its rows are longer than those of the picture.
  private static func decodeInk(
    from reader: borrowing JPEGReader, to pixels: UnsafeMutableBufferPointer<UInt8>, width: Int
  ) throws(CodecError) {
    var row = [UInt8](repeating: 0, count: width * 4)
    // Every byte is written, in order, before it is read.
    var target = unsafe pixels.mutableSpan
    for start in stride(from: 0, to: target.count, by: width * 3) {
      // The row is libjpeg's for the length of the call.
      try unsafe row.withUnsafeMutableBufferPointer { buffer throws(CodecError) in
        try unsafe reader.readRows(1, to: buffer)
      }
      for x in 0..<width {
        // Adobe stores 255 for no ink, which is the light that is left.
        let ink: UInt8 = reader.invertsInk ? 0 : 255
        let black = row[x * 4 + 3] ^ ink
        for channel in 0..<3 { target[start + x * 3 + channel] = product(row[x * 4 + channel] ^ ink, black) }
      }
    }
  }

  /// `a * b / 255`, rounded: exact for all bytes.
  private static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
    let scaled = UInt32(a) * UInt32(b) + 128
    return UInt8(truncatingIfNeeded: (scaled + scaled >> 8) >> 8)
  }
}
