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

  /// Whether the stored picture's right and lower edge come to lie left or above.
  public var movedEdges: (right: Bool, bottom: Bool) {
    switch self {
    case .upright, .transposed: (false, false)
    case .mirrored, .rotated270: (true, false)
    case .flipped, .rotated90: (false, true)
    case .rotated180, .transversed: (true, true)
    }
  }
}
