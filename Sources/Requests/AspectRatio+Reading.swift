import Processing

extension AspectRatio {
  /// Reads `16:9`; `nil` for anything else, a zero side or more than six digits a side included.
  init?(_ text: String) {
    let sides = text.split(separator: ":", omittingEmptySubsequences: false)
    guard sides.count == 2,
      sides.allSatisfy({ (1...6).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let width = Int(sides[0]), let height = Int(sides[1]), width >= 1, height >= 1
    else { return nil }
    self.init(width: width, height: height)
  }

  init(_ text: String, at place: Place) throws(RequestError) {
    guard let ratio = AspectRatio(text) else {
      throw .invalid(place, value: text, why: "a ratio is written \"16:9\"")
    }
    self = ratio
  }
}

extension Section {
  func aspect(_ key: String) throws(RequestError) -> AspectRatio? {
    guard let text = try text(key) else { return nil }
    return try AspectRatio(text, at: place(of: key))
  }
}
