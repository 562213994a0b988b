import CWebP
import Raster

extension WebP {
  /// Pixels of a side, libwebp's `WEBP_MAX_DIMENSION`.
  static let longestSide = Int(WEBP_MAX_DIMENSION)

  /// Encodes an `rgb8` or `rgba8` picture.
  ///
  /// Lossless keeps the colours of transparent pixels; lossy and near-lossless may change what cannot be seen.
  ///
  /// - Parameter threads: with 2, libwebp analyses half of a lossy picture, and codes its alpha, on a thread of its own.
  ///   The bytes are the same; it takes a tenth less time, a fifth where alpha is as rich as the colours.
  /// - Throws: `.tooLargeToEncode`; `.encodingFailed` for another layout, options out of range, or libwebp's own error;
  ///   `.tooFewBytes`.
  public static func encode(
    _ image: borrowing Image, options: Options, threads: Int = 1
  ) throws(CodecError) -> [UInt8] {
    let size = image.size
    let layout = image.layout
    guard layout == .rgb8 || layout == .rgba8 else {
      throw .encodingFailed(.webp, reason: "it takes RGB or RGBA of 8 bits, not \(layout.words)")
    }
    guard size.width <= longestSide, size.height <= longestSide else {
      throw .tooLargeToEncode(.webp, found: size, limit: longestSide)
    }
    var config = try config(for: options)
    config.thread_level = config.lossless == 0 && threads > 1 ? 1 : 0
    guard let target = options.targetBytes else { return try encode(image, config) }
    guard config.lossless == 0 else { throw ownError("lossless has no quality that would make fewer bytes") }
    return try QualitySearch(format: .webp, qualities: 0...options.quality, target: target)
      .best { [config] quality throws(CodecError) in
        var config = config
        config.quality = Float(quality)
        return try encode(image, config)
      }
  }

  private static func encode(_ image: borrowing Image, _ config: WebPConfig) throws(CodecError) -> [UInt8] {
    let (size, layout, rowBytes) = (image.size, image.layout, image.rowBytes)
    return try image.withPixels { pixels throws(CodecError) in
      // libwebp reads through a pointer, for the length of the call.
      try unsafe pixels.withUnsafeBufferPointer { buffer throws(CodecError) in
        try unsafe ByteSink.collect { _, context throws(CodecError) in
          var picture = unsafe WebPPicture()
          guard unsafe WebPPictureInit(&picture) != 0 else { throw ownError("libwebp is of another version") }
          // Frees the planes, which are libwebp's own.
          defer { unsafe WebPPictureFree(&picture) }
          unsafe picture.width = Int32(size.width)
          unsafe picture.height = Int32(size.height)
          // Lossless takes RGB as it is; so does the sharp conversion to YUV, which comes later.
          unsafe picture.use_argb = config.lossless | config.use_sharp_yuv
          unsafe picture.writer = append
          unsafe picture.custom_ptr = unsafe context
          let imported =
            layout == .rgba8
            ? unsafe WebPPictureImportRGBA(&picture, buffer.baseAddress, Int32(rowBytes))
            : unsafe WebPPictureImportRGB(&picture, buffer.baseAddress, Int32(rowBytes))
          var config = config
          guard imported != 0, unsafe WebPEncode(&config, &picture) != 0 else {
            throw unsafe error(of: picture.error_code)
          }
        }
      }
    }
  }

  private static func config(for options: Options) throws(CodecError) -> WebPConfig {
    var config = WebPConfig()
    guard unsafe WebPConfigInit(&config) != 0 else { throw ownError("libwebp is of another version") }
    let lossless = options.lossless || options.nearLossless != nil
    config.quality = Float(options.quality)
    config.method = Int32(clamping: options.method)
    config.lossless = lossless ? 1 : 0
    config.near_lossless = Int32(clamping: options.nearLossless ?? 100)
    // With `exact`, libwebp 1.2.4 has no use for `near_lossless` below its highest effort.
    config.exact = lossless && config.near_lossless == 100 ? 1 : 0
    config.use_sharp_yuv = options.sharpYUV && !lossless ? 1 : 0
    config.alpha_quality = Int32(clamping: options.alphaQuality)
    guard unsafe WebPValidateConfig(&config) != 0 else {
      throw ownError(
        """
        WebPValidateConfig refuses quality \(options.quality), method \(options.method), \
        near-lossless \(options.nearLossless.map(String.init) ?? "off"), alpha-quality \(options.alphaQuality)
        """)
    }
    return config
  }

  /// Appends to the array that `custom_ptr` points to.
  private static let append: WebPWriterFunction = { bytes, count, picture in
    guard let context = unsafe picture?.pointee.custom_ptr else { return 0 }
    unsafe ByteSink.append(context, bytes, count)
    return 1
  }

  private static func ownError(_ reason: String) -> CodecError { .encodingFailed(.webp, reason: reason) }

  /// libwebp's errors (`webp/encode.h`), which it has only names for.
  private static func error(of code: WebPEncodingError) -> CodecError {
    switch code {
    case VP8_ENC_ERROR_OUT_OF_MEMORY, VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY: .outOfMemory(.webp)
    case VP8_ENC_ERROR_PARTITION0_OVERFLOW: ownError("a partition is larger than 512 KiB: lower the quality")
    case VP8_ENC_ERROR_PARTITION_OVERFLOW: ownError("a partition is larger than 16 MiB: lower the quality")
    case VP8_ENC_ERROR_FILE_TOO_BIG: ownError("the file is larger than 4 GiB")
    default: ownError("WebPEncodingError \(code.rawValue)")
    }
  }
}
