import Raster

/// What a prompt asks the local API to do wrong: `[sandbox:status=503;times=2]`.
///
/// A prompt may carry several; everything else in it is drawn as usual.
enum Directive: Equatable, Sendable {
  /// An error status. `times` counts calls with this very prompt; `nil` is always.
  case status(Int, times: Int?, retryAfter: Int?)
  /// The connection closes without a response.
  case drop
  /// Headers and half the promised body, then the connection closes.
  case truncate
  /// A whole response whose picture is cut in half.
  case short
  /// 200 with a page of HTML.
  case garbage
  /// Another size than asked for.
  case size(Size)
  /// Another format than asked for.
  case format(ImageFormat)
  /// A blurred picture, and the header that says so.
  case blurred
  /// A black picture, and the header that says so.
  case violation
  /// The response takes its time.
  case latency(Duration)
  /// No response at all, and the connection stays open.
  case hang
}

extension Directive {
  private static let opening = "[sandbox:"

  /// The directives of a prompt in their order, and the prompt without them.
  ///
  /// - Throws: a 400 that lists the directives, for one that is none: a misspelt fault that does nothing would make a
  ///   test pass for the wrong reason.
  static func read(_ prompt: String) throws(Refusal) -> (directives: [Directive], prompt: String) {
    var directives: [Directive] = []
    var drawn = ""
    var rest = prompt[...]
    while let start = rest.firstRange(of: opening) {
      drawn += rest[..<start.lowerBound]
      guard let end = rest[start.upperBound...].firstIndex(of: "]") else {
        throw .invalid("prompt", "a [sandbox:...] directive is not closed with ]")
      }
      let text = rest[start.upperBound..<end]
      guard let directive = Directive(text) else {
        throw .invalid(
          "prompt",
          "[sandbox:\(text)] is not a directive; there are status=N (with ;times=N, ;retry-after=N), drop, truncate, "
            + "short, garbage, size=WxH, format=webp|png|jpeg, blurred, violation, latency=5s, hang")
      }
      directives.append(directive)
      rest = rest[rest.index(after: end)...]
    }
    drawn += rest
    return (directives, drawn)
  }

  private init?(_ text: Substring) {
    let parts = text.split(separator: ";", omittingEmptySubsequences: false)
    var parameters: [(name: Substring, value: Substring?)] = parts.map { part in
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (sides[0], sides.count > 1 ? sides[1] : nil)
    }
    let (name, value) = parameters.removeFirst()
    guard name == "status" || parameters.isEmpty else { return nil }
    switch (name, value) {
    case ("status", let value?):
      guard let status = Int(value), (300...599).contains(status) else { return nil }
      var times: Int?
      var retryAfter: Int?
      for parameter in parameters {
        guard let number = parameter.value.flatMap({ Int($0) }), number >= 0 else { return nil }
        switch parameter.name {
        case "times": times = number
        case "retry-after": retryAfter = number
        default: return nil
        }
      }
      self = .status(status, times: times, retryAfter: retryAfter)
    case ("drop", nil): self = .drop
    case ("truncate", nil): self = .truncate
    case ("short", nil): self = .short
    case ("garbage", nil): self = .garbage
    case ("size", let value?):
      guard let size = Size(value), size.width <= 8192, size.height <= 8192 else { return nil }
      self = .size(size)
    case ("format", let value?):
      guard let format = ImageFormat(fileExtension: value) else { return nil }
      self = .format(format)
    case ("blurred", nil): self = .blurred
    case ("violation", nil): self = .violation
    case ("latency", let value?):
      guard let latency = Duration(suffixed: value) else { return nil }
      self = .latency(latency)
    case ("hang", nil): self = .hang
    default: return nil
    }
  }
}

extension Duration {
  /// Reads `5s`, `0.5s`, `200ms` or `1m`; `nil` for anything else.
  init?(suffixed text: Substring) {
    guard let end = text.firstIndex(where: { !$0.isNumber && $0 != "." }), let number = Double(text[..<end]),
      number.isFinite
    else { return nil }
    switch text[end...] {
    case "ms": self = .milliseconds(number)
    case "s": self = .seconds(number)
    case "m": self = .seconds(number * 60)
    default: return nil
    }
  }
}
