import FoundationEssentials

/// What a call of `GET /billing/usage-history` asks for: the filters of a first page, or the cursor of a further one.
struct UsageQuery: Equatable, Sendable {
  var currency = "USD"
  /// Milliseconds since 1970, inclusive.
  var start = 0
  /// Milliseconds since 1970, exclusive.
  var end: Int?
  var pageSize = 1000
  /// The number of the entry that a further page begins with.
  var next: Int?

  private static let names: Set<String> = ["currency", "cursor", "endTimestamp", "pageSize", "startTimestamp"]

  init() {}

  /// - Parameters:
  ///   - parameters: the query's, decoded.
  ///   - secret: the history's, which its cursors carry.
  /// - Throws: a 400 that names the parameter.
  init(_ parameters: [(name: String, value: String)], secret: String) throws(Refusal) {
    var values: [String: String] = [:]
    for (name, value) in parameters {
      guard Self.names.contains(name) else { throw .invalid([], "Unrecognized key(s) in object: '\(name)'") }
      guard values.updateValue(value, forKey: name) == nil else { throw .invalid(name, "Expected one value") }
    }
    if let cursor = values["cursor"] {
      guard values.count == 1 else { throw .invalid("cursor", "No filter may be sent alongside a cursor") }
      guard let query = Self.read(cursor, secret: secret) else { throw .invalid("cursor", "The cursor is not valid") }
      self = query
      return
    }
    if let currency = values["currency"] {
      guard ["USD", "DIEM", "BUNDLED_CREDITS"].contains(currency) else {
        throw .invalid("currency", "Invalid enum value. Expected 'USD' | 'DIEM' | 'BUNDLED_CREDITS'")
      }
      self.currency = currency
    }
    if let text = values["pageSize"] {
      guard let size = Int(text), (10...1000).contains(size) else {
        throw .invalid("pageSize", "Number must be from 10 to 1000")
      }
      pageSize = size
    }
    if let text = values["startTimestamp"] { start = try Self.time(text, "startTimestamp") }
    if let text = values["endTimestamp"] {
      let end = try Self.time(text, "endTimestamp")
      guard end > start else { throw .invalid("endTimestamp", "Must be later than startTimestamp") }
      self.end = end
    }
  }

  private static func time(_ text: String, _ name: String) throws(Refusal) -> Int {
    let date =
      try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains(".")))
    guard let date, text.hasSuffix("Z"), text.utf8.count <= 40 else {
      throw .invalid(name, "Invalid datetime")
    }
    return Int((date.timeIntervalSince1970 * 1000).rounded())
  }
}

// MARK: - The cursor

extension UsageQuery {
  /// The query as the token of its next page: its parts, and a number that only this server's history gives them.
  func cursor(secret: String) -> String {
    let text = parts.map(String.init).joined(separator: "-")
    return "\(text)-\(Self.seal(text, secret))"
  }

  private var parts: [Int] { [next ?? 0, pageSize, end ?? 0] }

  private static func seal(_ text: String, _ secret: String) -> String {
    var chance = Chance(text: secret + text)
    return String(chance.next(), radix: 36)
  }

  private static func read(_ cursor: String, secret: String) -> UsageQuery? {
    let parts = cursor.split(separator: "-")
    guard parts.count == 4, let next = Int(parts[0]), let pageSize = Int(parts[1]), let end = Int(parts[2]) else {
      return nil
    }
    var query = UsageQuery()
    query.next = next
    query.pageSize = pageSize
    query.end = end == 0 ? nil : end
    return query.cursor(secret: secret) == cursor ? query : nil
  }
}
