import CWebP
import Raster

/// WebP (RFC 9649) over libwebp.
///
/// Lossy, lossless, with alpha, and the first frame of an animation. Pixels equal those of `dwebp -nodither`. libwebp
/// calls nothing back while it decodes and returns its errors, so that Swift calls it directly.
public enum WebP {
  /// Reads the header.
  ///
  /// A still picture is `rgba8` when its header promises alpha, else `rgb8`; an animation is always `rgba8`.
  public static func header(_ bytes: Span<UInt8>) throws(CodecError) -> ImageHeader {
    try ImageFormat.webp.requireSignature(of: bytes)
    // libwebp reads through a pointer, for the length of the call.
    return try unsafe bytes.withUnsafeBufferPointer { buffer throws(CodecError) in try unsafe header(of: buffer) }
  }

  /// Decodes the picture; of an animation the first frame, on its canvas, which is transparent where no frame is.
  ///
  /// Bytes that end before the RIFF chunk does are `.truncated`, also when every pixel is there. What follows the chunk
  /// is ignored.
  ///
  /// - Parameter threads: libwebp uses two at the most, for lossy pictures; the pixels are the same.
  public static func decode(_ bytes: Span<UInt8>, limits: Limits, threads: Int = 1) throws(CodecError) -> Image {
    try ImageFormat.webp.requireSignature(of: bytes)
    try limits.requireBytes(bytes.count)
    // libwebp reads and writes through pointers, for the length of the call.
    return try unsafe bytes.withUnsafeBufferPointer { buffer throws(CodecError) -> Image in
      let features = try unsafe features(of: buffer)
      let size = try size(of: features)
      try limits.requirePixels(size)
      if features.has_animation != 0 { return try unsafe firstFrame(of: buffer, canvas: size) }
      // libwebp alone would read on behind the picture's chunk, and make pixels of what has nothing to do with it.
      let frames = try unsafe WebPFrames(buffer)
      try frames.requireWhole()
      let frame = try frames.first()
      return try unsafe Image(size: size, layout: layout(of: features)) { pixels throws(CodecError) in
        let rowBytes = size.width * layout(of: features).bytesPerPixel
        try unsafe decode(
          frame.bytes, to: pixels, rowBytes: rowBytes, hasAlpha: features.has_alpha != 0, threads: threads)
      }
    }
  }

  /// Decodes a still picture or a frame to the rows of `target`, which are `rowBytes` apart.
  @unsafe static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, to target: UnsafeMutableBufferPointer<UInt8>, rowBytes: Int, hasAlpha: Bool,
    threads: Int = 1
  ) throws(CodecError) {
    var config = unsafe WebPDecoderConfig()
    guard unsafe WebPInitDecoderConfig(&config) != 0, let stride = Int32(exactly: rowBytes) else {
      throw .malformed(.webp, reason: "libwebp is of another version than its header")
    }
    unsafe config.options.use_threads = threads > 1 ? 1 : 0
    unsafe config.output.colorspace = hasAlpha ? MODE_RGBA : MODE_RGB
    unsafe config.output.is_external_memory = 1
    unsafe config.output.u.RGBA = WebPRGBABuffer(rgba: target.baseAddress, stride: stride, size: target.count)
    try require(unsafe WebPDecode(bytes.baseAddress, bytes.count, &config))
  }

  @unsafe private static func header(of bytes: UnsafeBufferPointer<UInt8>) throws(CodecError) -> ImageHeader {
    let features = try unsafe features(of: bytes)
    let size = try size(of: features)
    guard features.has_animation == 0 else {
      let frames = try unsafe WebPFrames(bytes)
      return ImageHeader(
        format: .webp, size: size, layout: .rgba8, isAnimated: frames.count > 1, coding: "animation")
    }
    let hasAlpha = features.has_alpha != 0
    let coding =
      features.format == 2
      ? (hasAlpha ? "lossless RGBA" : "lossless RGB") : (hasAlpha ? "lossy YUVA 4:2:0" : "lossy YUV 4:2:0")
    return ImageHeader(format: .webp, size: size, layout: layout(of: features), coding: coding)
  }

  @unsafe private static func features(
    of bytes: UnsafeBufferPointer<UInt8>
  ) throws(CodecError) -> WebPBitstreamFeatures {
    var features = WebPBitstreamFeatures()
    try require(unsafe WebPGetFeatures(bytes.baseAddress, bytes.count, &features))
    return features
  }

  private static func size(of features: WebPBitstreamFeatures) throws(CodecError) -> Size {
    guard features.width > 0, features.height > 0 else { throw .malformed(.webp, reason: "a side of no pixels") }
    return Size(width: Int(features.width), height: Int(features.height))
  }

  private static func layout(of features: WebPBitstreamFeatures) -> Layout {
    features.has_alpha != 0 ? .rgba8 : .rgb8
  }

  /// Turns libwebp's status (`webp/decode.h`) into an error. libwebp has no words of its own for them.
  private static func require(_ status: VP8StatusCode) throws(CodecError) {
    switch status {
    case VP8_STATUS_OK: return
    case VP8_STATUS_NOT_ENOUGH_DATA, VP8_STATUS_SUSPENDED: throw .truncated(.webp)
    case VP8_STATUS_OUT_OF_MEMORY: throw .outOfMemory(.webp)
    case VP8_STATUS_UNSUPPORTED_FEATURE: throw .malformed(.webp, reason: "VP8_STATUS_UNSUPPORTED_FEATURE")
    case VP8_STATUS_BITSTREAM_ERROR: throw .malformed(.webp, reason: "VP8_STATUS_BITSTREAM_ERROR")
    case VP8_STATUS_INVALID_PARAM: throw .malformed(.webp, reason: "VP8_STATUS_INVALID_PARAM")
    default: throw .malformed(.webp, reason: "libwebp's status \(status.rawValue)")
    }
  }
}
