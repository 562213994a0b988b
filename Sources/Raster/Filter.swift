/// How new samples are made of old ones. Downwards every filter but `nearest` is widened by the scale, so that nothing
/// aliases.
public enum Filter: String, Sendable, Hashable, Codable, CaseIterable {
  /// Sinc windowed by a wider sinc, three lobes to a side: the sharpest, with faint ringing beside hard edges.
  case lanczos3
  /// Catmull-Rom (Keys, a = -1/2), two pixels to a side.
  case bicubic
  /// The triangle, one pixel to a side: soft, without ringing.
  case bilinear
  /// The nearest old sample, unchanged: for pixel art and masks.
  case nearest
}
