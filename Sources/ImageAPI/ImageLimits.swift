/// What a picture that is sent to the API may be. Beyond it the call would fail.
public struct ImageLimits: Hashable, Sendable {
  /// Width times height; `nil` where the vendor names no bounds.
  public let pixels: ClosedRange<Int>?
  /// Bytes of the file: it has to be smaller than this.
  public let bytes: Int
}

extension Endpoint {
  /// The limits for the picture of a field, as the descriptions in the vendor's schema give them.
  ///
  /// A megabyte may be a million bytes or 2^20: a file of so many times 2^20 is certainly too large.
  ///
  /// - Parameter path: as in ``FileField/path``: `["image"]`, `["style_references", "0", "image"]`.
  public func imageLimits(at path: [String]) -> ImageLimits {
    // GenerateImageRequest, `style_references[].image`: "Must be less than 8MB."
    if path.first == "style_references" { return ImageLimits(pixels: nil, bytes: 8 << 20) }
    return switch self {
    // EditImageRequest, `image`, and MultiEditImageRequest, `images`: "Image dimensions must be at least 65536 pixels
    // and must not exceed 33177600 pixels. File size must be less than 25MB."
    case .edit, .multiEdit: ImageLimits(pixels: 65_536...33_177_600, bytes: 25 << 20)
    // UpscaleImageRequest, `image`: "at least 65536 pixels and final dimensions after scaling must not exceed 16777216
    // pixels. File size must be less than 25MB." The least scale is 2, and 4 is reduced where it does not fit.
    case .upscale: ImageLimits(pixels: 65_536...16_777_216 / 4, bytes: 25 << 20)
    // BackgroundRemoveImageRequest, `image`: "File size must be less than 25MB."
    case .backgroundRemove: ImageLimits(pixels: nil, bytes: 25 << 20)
    // No other picture of theirs goes to the API; this is the bound of the other endpoints.
    case .generate, .generations: ImageLimits(pixels: nil, bytes: 25 << 20)
    }
  }
}
