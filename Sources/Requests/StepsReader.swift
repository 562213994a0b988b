import Documents
import Processing
import Raster

/// Reads an output's steps other than `resize`: what is cut off, blurred, sharpened, flattened and put around.
enum StepsReader {
  static let keys = ["trim", "crop", "blur", "sharpen", "flatten", "pad"]

  // MARK: Trim

  /// `true`, or a mapping.
  static func trim(_ output: Section) throws(RequestError) -> Trim? {
    guard let node = output["trim"] else { return nil }
    if case .bool(let isWanted) = node.content { return isWanted ? Trim() : nil }
    let section = try Section(node, path: output.place.path + ["trim"], expected: "true, false or a mapping")
    try section.checkKeys(["tolerance", "color", "margin"])
    return Trim(
      tolerance: try section.integer("tolerance", in: 0...255) ?? Trim.defaultTolerance,
      color: try section.color("color"), margin: try section.integer("margin", in: 0...65_535) ?? 0)
  }

  // MARK: Crop

  /// `"16:9"`, or a mapping.
  static func crop(_ output: Section) throws(RequestError) -> Cropping? {
    guard let node = output["crop"] else { return nil }
    if case .string(let text) = node.content {
      return .aspect(try AspectRatio(text, at: output.place(of: "crop")), .center)
    }
    let section = try Section(
      node, path: output.place.path + ["crop"], expected: "a mapping or an aspect ratio in quotes, as \"16:9\"")
    try section.checkKeys(["x", "y", "width", "height", "aspect", "position"])
    let sides = ["x", "y", "width", "height"].filter { section[$0] != nil }
    let position = try section.choice("position", Raster.Position.self)
    if let ratio = try section.aspect("aspect") {
      if let side = sides.first {
        throw .conflict(
          section.place(of: side), with: "aspect", why: "with an aspect ratio the crop is as large as fits")
      }
      return .aspect(ratio, position ?? .center)
    }
    guard !sides.isEmpty else {
      throw .missingKey(
        section.place, key: "width", hint: "Give 'width' and 'height', in pixels or percent, or 'aspect', as \"16:9\"")
    }
    let (width, height) = (try length("width", in: section), try length("height", in: section))
    guard sides.contains("x") || sides.contains("y") else {
      return .part(width: width ?? .rest, height: height ?? .rest, position ?? .center)
    }
    if position != nil {
      throw .conflict(
        section.place(of: "position"), with: sides[0], why: "'x' and 'y' say already where the crop begins")
    }
    let (x, y) = (try length("x", in: section, isStart: true), try length("y", in: section, isStart: true))
    for (start, side, (first, second)) in [("x", "width", (x, width)), ("y", "height", (y, height))] {
      if case (.percent(let begin)?, .percent(let part)?) = (first, second), begin + part > 100 {
        throw .outOfRange(
          section.place(of: side), value: "\(part.words)% from \(begin.words)% on",
          allowed: "100% at most, together with '\(start)'")
      }
    }
    return .placed(x: x ?? .pixels(0), y: y ?? .pixels(0), width: width ?? .rest, height: height ?? .rest)
  }

  /// A whole number of pixels, or a text as `"12.5%"`.
  ///
  /// - Parameter isStart: of an edge, which may lie at 0, instead of a side, which may not.
  private static func length(
    _ key: String, in section: Section, isStart: Bool = false
  ) throws(RequestError) -> Cropping.Length? {
    guard let node = section[key] else { return nil }
    let place = section.place(of: key)
    guard case .string(let text) = node.content else {
      guard case .number = node.content else {
        throw .wrongType(place, expected: "a whole number of pixels or a text as \"50%\"", found: Section.kind(node))
      }
      return .pixels(try Section.integer(node, place: place, in: (isStart ? 0 : 1)...65_535))
    }
    guard text.last == "%", let share = DecimalNumber(String(text.dropLast())).map({ _ in Double(text.dropLast()) }),
      let share
    else {
      throw .invalid(place, value: text, why: "a crop is given in pixels, as 100, or in percent, as \"50%\"")
    }
    guard isStart ? (0..<100).contains(share) : share > 0 && share <= 100 else {
      throw .outOfRange(place, value: text, allowed: isStart ? "at least 0% and below 100%" : "above 0%, 100% at most")
    }
    return .percent(share)
  }

  // MARK: Blur and sharpen

  /// A Gaussian's sigma in pixels.
  static func blur(_ output: Section) throws(RequestError) -> Double? {
    try output.decimal("blur", in: Image.blurSigmas)
  }

  /// `true`, or a mapping.
  static func sharpen(_ output: Section) throws(RequestError) -> Sharpening? {
    guard let node = output["sharpen"] else { return nil }
    if case .bool(let isWanted) = node.content { return isWanted ? Sharpening() : nil }
    let section = try Section(node, path: output.place.path + ["sharpen"], expected: "true, false or a mapping")
    try section.checkKeys(["sigma", "amount", "threshold"])
    var sharpening = Sharpening()
    sharpening.sigma = try section.decimal("sigma", in: Sharpening.sigmas) ?? sharpening.sigma
    sharpening.amount = try section.decimal("amount", in: Sharpening.amounts) ?? sharpening.amount
    sharpening.threshold = try section.decimal("threshold", in: 0...255) ?? sharpening.threshold
    return sharpening
  }

  // MARK: Pad

  /// Pixels on all sides, or a mapping.
  static func pad(_ output: Section) throws(RequestError) -> Frame? {
    guard let node = output["pad"] else { return nil }
    let range = 0...65_535
    if case .number = node.content {
      return Frame(Padding(all: try Section.integer(node, place: output.place(of: "pad"), in: range)))
    }
    let section = try Section(node, path: output.place.path + ["pad"], expected: "a number of pixels or a mapping")
    try section.checkKeys(["top", "right", "bottom", "left", "color"])
    let padding = Padding(
      top: try section.integer("top", in: range) ?? 0, right: try section.integer("right", in: range) ?? 0,
      bottom: try section.integer("bottom", in: range) ?? 0, left: try section.integer("left", in: range) ?? 0)
    guard ["top", "right", "bottom", "left"].contains(where: { section[$0] != nil }) else {
      throw .missingKey(
        section.place, key: "top", hint: "Give at least one of 'top', 'right', 'bottom' and 'left', in pixels")
    }
    return Frame(padding, color: try section.color("color"))
  }
}

extension Section {
  func color(_ key: String) throws(RequestError) -> Color? {
    guard let text = try text(key) else { return nil }
    guard let color = Color(hex: text) else {
      throw .invalid(place(of: key), value: text, why: "a colour is written \"#rrggbb\" or \"#rgb\", in quotes")
    }
    return color
  }

  func decimal(_ key: String, in range: ClosedRange<Double>) throws(RequestError) -> Double? {
    guard let node = self[key] else { return nil }
    guard case .number(let text) = node.content, let number = Double(text) else {
      throw .wrongType(place(of: key), expected: "a number", found: Self.kind(node))
    }
    guard range.contains(number) else {
      throw .outOfRange(
        place(of: key), value: text, allowed: "\(range.lowerBound.words) to \(range.upperBound.words)")
    }
    return number
  }
}

extension Double {
  /// As one would write it: 70, 12.5. Of a number that an `Int` holds.
  fileprivate var words: String { self == rounded() ? "\(Int(self))" : "\(self)" }
}
