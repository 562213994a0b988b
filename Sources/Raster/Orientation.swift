/// How a stored picture is turned for display: the values of EXIF tag 0x0112 (Exif 2.32 §4.6.4 A).
public enum Orientation: Int, Sendable, Hashable, Codable, CaseIterable {
  case upright = 1
  case mirrored = 2
  case rotated180 = 3
  case flipped = 4
  case transposed = 5
  case rotated90 = 6
  case transversed = 7
  case rotated270 = 8

  /// Whether display swaps width and height.
  public var swapsSides: Bool { rawValue >= 5 }
}
