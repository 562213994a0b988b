import CCodecs
import Raster

extension JPEG {
  /// Pixels of a side, libjpeg's `JPEG_MAX_DIMENSION`.
  static let longestSide = 65_500

  /// Encodes a `gray8` or `rgb8` picture with baseline quantization tables. Gray has no subsampling.
  ///
  /// - Throws: `.tooLargeToEncode`; `.encodingFailed` for another layout or an option out of range; `.tooFewBytes`.
  public static func encode(_ image: borrowing Image, options: Options) throws(CodecError) -> [UInt8] {
    let size = image.size
    let layout = image.layout
    guard layout == .gray8 || layout == .rgb8 else {
      throw .encodingFailed(.jpeg, reason: "it takes gray or RGB of 8 bits, not \(layout.words)")
    }
    guard size.width <= longestSide, size.height <= longestSide else {
      throw .tooLargeToEncode(.jpeg, found: size, limit: longestSide)
    }
    // libjpeg would move it into the range in silence.
    guard (1...100).contains(options.quality) else {
      throw .encodingFailed(.jpeg, reason: "quality \(options.quality) is not within 1 to 100")
    }
    guard (1...65_535).contains(options.restartRows ?? 1) else {
      throw .encodingFailed(.jpeg, reason: "\(options.restartRows ?? 0) restart rows are not within 1 to 65535")
    }
    guard let target = options.targetBytes else { return try encode(image, options, quality: options.quality) }
    return try QualitySearch(format: .jpeg, qualities: 1...options.quality, target: target)
      .best { quality throws(CodecError) in try encode(image, options, quality: quality) }
  }

  private static func encode(
    _ image: borrowing Image, _ options: Options, quality: Int
  ) throws(CodecError) -> [UInt8] {
    let (size, layout, rowBytes) = (image.size, image.layout, image.rowBytes)
    let factors = options.subsampling.factors(for: quality)
    return try image.withPixels { pixels throws(CodecError) in
      // libjpeg reads through a pointer, for the length of the call.
      try unsafe pixels.withUnsafeBufferPointer { buffer throws(CodecError) in
        var picture = unsafe codecs_jpeg_picture(
          pixels: buffer.baseAddress, row_bytes: rowBytes, width: UInt32(size.width), height: UInt32(size.height),
          components: Int32(layout.channels.count), quality: Int32(quality), horizontal: factors.horizontal,
          vertical: factors.vertical, progressive: options.progressive, optimize: options.optimize,
          restart_rows: Int32(options.restartRows ?? 0))
        return try unsafe ByteSink.collect { sink, context throws(CodecError) in
          try unsafe codecs_jpeg_write(&picture, sink, context).requireDone(writing: .jpeg)
        }
      }
    }
  }
}

extension JPEG.Options.Subsampling {
  /// Luminance samples to a chrominance sample.
  fileprivate func factors(for quality: Int) -> (horizontal: Int32, vertical: Int32) {
    switch self {
    case .automatic: quality < 90 ? (2, 2) : (1, 1)
    case .full: (1, 1)
    case .half: (2, 1)
    case .quarter: (2, 2)
    }
  }
}
