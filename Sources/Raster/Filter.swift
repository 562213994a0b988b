/// How new samples are made of old ones. Downwards every filter but `nearest` is widened by the scale, so that nothing
/// aliases.
public enum Filter: String, Sendable, Hashable, Codable, CaseIterable {
  /// Sinc windowed by a wider sinc, three lobes to a side: the sharpest, with faint ringing beside hard edges.
  case lanczos3
  /// The same with two lobes to a side: less ringing, a little softer.
  case lanczos2
  /// Piecewise cubics (Avisynth's Spline36), three pixels to a side: nearly Lanczos3, with a little less ringing.
  case spline36
  /// Catmull-Rom (Keys, a = -1/2), two pixels to a side.
  case bicubic
  /// Mitchell and Netravali's cubic, B = C = 1/3: softer than Catmull-Rom, hardly any ringing.
  case mitchell
  /// The triangle, one pixel to a side: soft, without ringing.
  case bilinear
  /// The nearest old sample, unchanged: for pixel art and masks.
  case nearest
}
