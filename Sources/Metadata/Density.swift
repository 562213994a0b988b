import Raster

/// How densely pixels lie on paper.
public struct Density: Sendable, Hashable {
  public enum Unit: Sendable, Hashable {
    /// Only the pixels' shape is known: `horizontal` to `vertical`.
    case aspect
    case inch
    case centimetre
    case metre
  }

  /// Pixels per unit.
  public var horizontal: Int
  public var vertical: Int
  public var unit: Unit

  public init(horizontal: Int, vertical: Int, unit: Unit) {
    self.horizontal = horizontal
    self.vertical = vertical
    self.unit = unit
  }

  public static func dotsPerInch(_ dpi: Int) -> Density { Density(horizontal: dpi, vertical: dpi, unit: .inch) }
}

extension Density {
  /// The same density in a unit that the container can state; `nil` where it has no place or the number does not fit.
  public func expressed(for format: ImageFormat) -> Density? {
    switch (format, unit) {
    case (.webp, _): return nil
    case (.jpeg, .metre):
      return Density(
        horizontal: (horizontal * 254 + 5000) / 10_000, vertical: (vertical * 254 + 5000) / 10_000, unit: .inch
      )
      .fitting(0xFFFF)
    case (.jpeg, _): return fitting(0xFFFF)
    case (.png, .inch):
      return Density(
        horizontal: (horizontal * 10_000 + 127) / 254, vertical: (vertical * 10_000 + 127) / 254, unit: .metre
      ).fitting(0x7FFF_FFFF)
    case (.png, .centimetre):
      return Density(horizontal: horizontal * 100, vertical: vertical * 100, unit: .metre).fitting(0x7FFF_FFFF)
    case (.png, _): return fitting(0x7FFF_FFFF)
    }
  }

  private func fitting(_ limit: Int) -> Density? {
    (1...limit).contains(horizontal) && (1...limit).contains(vertical) ? self : nil
  }
}
