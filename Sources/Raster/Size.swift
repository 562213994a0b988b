/// The extent of a picture in pixels. Both sides are at least 1.
public struct Size: Hashable, Sendable, Codable, CustomStringConvertible {
  public let width: Int
  public let height: Int

  /// - Precondition: both sides are at least 1.
  public init(width: Int, height: Int) {
    precondition(width >= 1 && height >= 1, "a picture has at least one pixel on each side")
    self.width = width
    self.height = height
  }

  /// - Throws: for a side below 1.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let (width, height) = (
      try container.decode(Int.self, forKey: .width), try container.decode(Int.self, forKey: .height)
    )
    guard width >= 1, height >= 1 else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "a size of \(width)x\(height)"))
    }
    self.init(width: width, height: height)
  }

  private enum CodingKeys: String, CodingKey { case width, height }

  /// Number of pixels; `nil` when it does not fit an `Int`.
  public var pixelCount: Int? {
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    return overflow ? nil : count
  }

  /// The size after a quarter turn.
  public var transposed: Size { Size(width: height, height: width) }

  /// `1024x768`, as requests and pipelines write it.
  public var description: String { "\(width)x\(height)" }

  /// Reads `1024x768`; `nil` for anything else, a zero side or more than nine digits a side included.
  public init?(_ text: some StringProtocol) {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false)
    guard sides.count == 2 else { return nil }
    var numbers: [Int] = []
    for side in sides {
      guard (1...9).contains(side.utf8.count), side.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = Int(side), number >= 1
      else { return nil }
      numbers.append(number)
    }
    self.init(width: numbers[0], height: numbers[1])
  }
}
