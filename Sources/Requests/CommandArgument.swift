import Documents
import Processing

/// One argument of a command that `after` runs: text with placeholders, `--title={name}`. A brace that is meant is
/// written twice.
///
/// An argument is never split and never read by a shell, whatever the values are.
public struct CommandArgument: Hashable, Sendable {
  /// What stands in braces.
  public enum Placeholder: Hashable, Sendable {
    /// The path of the job's `manifest.json`.
    case manifest
    /// The path of the published directory.
    case directory
    /// The published directory beneath the output tree.
    case place
    case job
    case name
    case pipeline
    /// The idempotency key: the same in each attempt, and no other delivery's.
    case key
    case label(String)

    /// All but the labels, whose keys are the request's.
    static let fixed: [(text: String, placeholder: Placeholder)] = [
      ("manifest", .manifest), ("directory", .directory), ("place", .place), ("job", .job), ("name", .name),
      ("pipeline", .pipeline), ("key", .key),
    ]

    init?(_ text: Substring) {
      if text.hasPrefix("label."), text.count > "label.".count {
        self = .label(String(text.dropFirst("label.".count)))
      } else if let known = Self.fixed.first(where: { $0.text == text }) {
        self = known.placeholder
      } else {
        return nil
      }
    }
  }

  enum Part: Hashable, Sendable {
    case literal(String)
    case placeholder(Placeholder)
  }

  /// What stands for the placeholders.
  public struct Values: Hashable, Sendable {
    public var manifest: String
    public var directory: String
    public var place: String
    public var job: String
    public var name: String
    public var pipeline: String
    public var key: String
    public var labels: [String: String]

    public init(
      manifest: String, directory: String, place: String, job: String, name: String, pipeline: String, key: String,
      labels: [String: String]
    ) {
      self.manifest = manifest
      self.directory = directory
      self.place = place
      self.job = job
      self.name = name
      self.pipeline = pipeline
      self.key = key
      self.labels = labels
    }
  }

  /// As the pipeline writes it.
  public let text: String
  private let parts: [Part]

  public init(_ text: String) throws(CommandArgumentError) {
    self.text = text
    parts = try Self.read(text)
  }

  /// Whether the text is the same for every job.
  public var isFixed: Bool { !parts.contains { if case .placeholder = $0 { true } else { false } } }

  /// The argument for one job.
  ///
  /// - Throws: `.noLabel` where the job lacks a label, and `.looksLikeAnOption` where a value at the beginning would
  ///   make an option of the argument: options are the pipeline's to give.
  public func filled(with values: Values) throws(CommandArgumentError) -> String {
    var filled = ""
    for part in parts {
      switch part {
      case .literal(let literal): filled += literal
      case .placeholder(let placeholder): filled += try Self.value(of: placeholder, values, text)
      }
    }
    if filled.hasPrefix("-"), !text.hasPrefix("-") { throw .looksLikeAnOption(filled, argument: text) }
    return filled
  }

  private static func value(
    of placeholder: Placeholder, _ values: Values, _ text: String
  ) throws(CommandArgumentError) -> String {
    switch placeholder {
    case .manifest: return values.manifest
    case .directory: return values.directory
    case .place: return values.place
    case .job: return values.job
    case .name: return values.name
    case .pipeline: return values.pipeline
    case .key: return values.key
    case .label(let key):
      guard let label = values.labels[key] else { throw .noLabel(key, argument: text) }
      return label
    }
  }

  private static func read(_ text: String) throws(CommandArgumentError) -> [Part] {
    var parts: [Part] = []
    var literal = ""
    var rest = text[...]
    while let character = rest.first {
      rest = rest.dropFirst()
      guard character == "{" || character == "}" else {
        literal.append(character)
        continue
      }
      if rest.first == character {
        literal.append(character)
        rest = rest.dropFirst()
        continue
      }
      guard character == "{", let end = rest.firstIndex(of: "}") else { throw .unbalancedBrace(argument: text) }
      guard let placeholder = Placeholder(rest[..<end]) else {
        let known = Placeholder.fixed.map(\.text) + ["label.KEY"]
        throw .unknownPlaceholder(
          String(rest[..<end]), nearest: known.nearest(to: String(rest[..<end])), argument: text)
      }
      if !literal.isEmpty { parts.append(.literal(literal)) }
      literal = ""
      parts.append(.placeholder(placeholder))
      rest = rest[rest.index(after: end)...]
    }
    if !literal.isEmpty { parts.append(.literal(literal)) }
    return parts
  }
}

extension CommandArgument: CodableText {}

/// Why an argument cannot be used.
public enum CommandArgumentError: Error, Hashable, Sendable {
  case unbalancedBrace(argument: String)
  case unknownPlaceholder(String, nearest: String?, argument: String)
  /// The request has no such label.
  case noLabel(String, argument: String)
  case looksLikeAnOption(String, argument: String)
}

extension CommandArgumentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unbalancedBrace(let argument):
      "\"\(argument)\" has a brace without its partner; a placeholder is written {manifest}, a brace itself {{ or }}"
    case .unknownPlaceholder(let found, let nearest, let argument):
      "\"\(argument)\" has an unknown placeholder {\(found)}\(nearest.map { ", did you mean {\($0)}?" } ?? "");"
        + " there are {manifest}, {directory}, {place}, {job}, {name}, {pipeline}, {key} and {label.KEY},"
        + " and a brace itself is written {{ or }}"
    case .noLabel(let key, let argument):
      "the pipeline's command needs the label \"\(key)\" for \"\(argument)\", and the request has none"
    case .looksLikeAnOption(let value, let argument):
      "\"\(value)\" for \"\(argument)\" would be an option to the pipeline's command; "
        + "a value there must not begin with a hyphen"
    }
  }
}
