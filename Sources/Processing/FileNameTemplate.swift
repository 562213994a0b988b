import Raster

/// A pipeline's name for an output file: text with placeholders, `{name}-{width}.webp`.
///
/// Whatever the values are, the name is one path component: at most 255 bytes of UTF-8, not hidden, not
/// `manifest.json`, with no separator, NUL or control character. What a value may not bring becomes `_`; values too
/// long are cut.
public struct FileNameTemplate: Hashable, Sendable {
  /// What stands in braces.
  public enum Placeholder: Hashable, Sendable {
    case name
    case job
    case pipeline
    /// Which of the request's variants, counted from 1.
    case variant
    case width
    case height
    case format
    case seed
    case model
    case date
    /// The first eight hexadecimal digits of the finished output's SHA-256.
    case sha256
    case label(String)

    /// As it is written between the braces.
    public var text: String {
      switch self {
      case .name: "name"
      case .job: "job"
      case .pipeline: "pipeline"
      case .variant: "variant"
      case .width: "width"
      case .height: "height"
      case .format: "format"
      case .seed: "seed"
      case .model: "model"
      case .date: "date"
      case .sha256: "sha256:8"
      case .label(let key): "label.\(key)"
      }
    }

    /// All but the labels, whose keys are the request's.
    static let fixed: [Placeholder] = [
      .name, .job, .pipeline, .variant, .width, .height, .format, .seed, .model, .date, .sha256,
    ]

    init?(_ text: Substring) {
      if text.hasPrefix("label."), text.count > "label.".count {
        self = .label(String(text.dropFirst("label.".count)))
      } else if let known = Self.fixed.first(where: { $0.text == text }) {
        self = known
      } else {
        return nil
      }
    }

    /// The most bytes that a number or a digest takes; `nil` for text, whose length is the user's.
    var bytesAtMost: Int? {
      switch self {
      case .name, .job, .pipeline, .model, .date, .label: nil
      case .variant, .width, .height, .seed: 20
      case .format: 4
      case .sha256: PlannedName.digestLength
      }
    }
  }

  /// What a template is made of. `number` is where `-1`, `-2` goes when there are several variants.
  enum Part: Hashable, Sendable {
    case literal(String)
    case placeholder(Placeholder)
    case number
  }

  /// As the pipeline writes it.
  public let text: String
  let parts: [Part]

  /// Reads a template.
  ///
  /// - Throws: what is wrong with it, with the nearest known placeholder for an unknown one.
  public init(_ text: String) throws(FileNameError) {
    var parts = try Self.read(text)
    if let first = parts.first, case .literal(let beginning) = first,
      beginning.unicodeScalars.first == "." || beginning.unicodeScalars.first == "-"
    {
      throw .forbiddenBeginning(template: text)
    }
    if text.lowercased() == PlannedName.manifest { throw .reserved(template: text) }
    if !parts.contains(.placeholder(.variant)) { Self.insertNumber(in: &parts) }
    self.text = text
    self.parts = parts
    let least = parts.reduce(0) { $0 + Self.leastRoom(for: $1) }
    if least > PlannedName.byteLimit { throw .tooLong(template: text) }
  }

  /// In the order of the text.
  public var placeholders: [Placeholder] {
    parts.compactMap { part in
      if case .placeholder(let placeholder) = part { placeholder } else { nil }
    }
  }

  /// Whether two outputs of one original get the same name from this template and `other`, whatever the original is.
  ///
  /// - Parameters:
  ///   - format: the format of this template's output.
  ///   - otherFormat: the format of the other's.
  public func alwaysEquals(_ other: FileNameTemplate, format: ImageFormat, otherFormat: ImageFormat) -> Bool {
    let dependsOnOutput = placeholders.contains { placeholder in
      placeholder == .width || placeholder == .height || placeholder == .sha256
    }
    guard !dependsOnOutput else { return false }
    return text.replacing("{format}", with: format.rawValue)
      == other.text.replacing("{format}", with: otherFormat.rawValue)
  }

  private static func read(_ text: String) throws(FileNameError) -> [Part] {
    guard !text.isEmpty else { throw .empty }
    var parts: [Part] = []
    var rest = text[...]
    while !rest.isEmpty {
      let literal = rest.prefix { $0 != "{" && $0 != "}" }
      if !literal.isEmpty {
        if let scalar = literal.unicodeScalars.first(where: PlannedName.isForbidden) {
          throw .forbiddenCharacter(scalar, template: text)
        }
        parts.append(.literal(String(literal)))
        rest = rest[literal.endIndex...]
        continue
      }
      let inner = rest.dropFirst().prefix { $0 != "{" && $0 != "}" }
      guard rest.first == "{", inner.endIndex < rest.endIndex, rest[inner.endIndex] == "}" else {
        throw .unbalancedBrace(template: text)
      }
      guard let placeholder = Placeholder(inner) else {
        throw .unknownPlaceholder(String(inner), nearest: nearest(to: inner), template: text)
      }
      parts.append(.placeholder(placeholder))
      rest = rest[rest.index(after: inner.endIndex)...]
    }
    return parts
  }

  /// The number goes before the extension: the last dot of the template's own text, where only text or `{format}`
  /// follows; else at the end.
  private static func insertNumber(in parts: inout [Part]) {
    var index = parts.count - 1
    if index > 0, parts[index] == .placeholder(.format) { index -= 1 }
    guard case .literal(let literal) = parts[index], let dot = literal.lastIndex(of: ".") else {
      parts.append(.number)
      return
    }
    let halves = [Part.literal(String(literal[..<dot])), .number, .literal(String(literal[dot...]))]
    parts.replaceSubrange(index...index, with: halves.filter { $0 != .literal("") })
  }

  /// A value of text is promised eight bytes, so that two of them rarely become one by being cut.
  private static func leastRoom(for part: Part) -> Int {
    switch part {
    case .literal(let text): text.utf8.count
    case .placeholder(let placeholder): placeholder.bytesAtMost ?? 8
    case .number: 21
    }
  }

  private static func nearest(to found: Substring) -> String {
    let known = Placeholder.fixed.map(\.text) + ["label.KEY"]
    if !found.isEmpty, let longer = known.first(where: { $0.hasPrefix(found.lowercased()) }) { return longer }
    return known.min { editDistance(found, $0) < editDistance(found, $1) } ?? "name"
  }

  /// Levenshtein's distance, without regard to case.
  private static func editDistance(_ first: Substring, _ second: String) -> Int {
    let (first, second) = (Array(first.lowercased().prefix(64)), Array(second.lowercased()))
    var row = Array(0...second.count)
    for i in first.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in second.indices {
        let substitution = diagonal + (first[i] == second[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[second.count]
  }
}

extension FileNameTemplate: CodableText {}
