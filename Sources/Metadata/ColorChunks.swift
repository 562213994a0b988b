/// What a PNG says of its colours beside an ICC profile (PNG Third Edition §11.3.2). Which of it counts: §4.3.
public struct ColorChunks: Hashable, Sendable {
  /// cICP: colour primaries, transfer function, matrix coefficients, and whether the range is full (ITU-T H.273).
  public var cicp: [UInt8]?
  /// An sRGB chunk is there.
  public var isSRGB = false
  /// gAMA: 100,000 times the exponent from light to samples.
  public var gamma: Int?
  /// cHRM: 100,000 times x and y of white, red, green, blue.
  public var chromaticities: [Int]?

  public init() {}

  var isEmpty: Bool { self == ColorChunks() }
}

extension ColorChunks {
  static let names: Set<String> = ["cICP", "sRGB", "gAMA", "cHRM"]

  /// Takes the first of each kind that is whole.
  mutating func take(_ name: String, _ bytes: Span<UInt8>, _ data: Range<Int>) {
    switch (name, data.count) {
    case ("cICP", 4): cicp = cicp ?? bytes.copy(data)
    case ("sRGB", 1): isSRGB = true
    case ("gAMA", 4): gamma = gamma ?? bytes.bigEndian32(at: data.lowerBound)
    case ("cHRM", 32):
      chromaticities = chromaticities ?? (0..<8).map { bytes.bigEndian32(at: data.lowerBound + 4 * $0) }
    default: break
    }
  }
}
