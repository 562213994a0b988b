import Documents
import FoundationEssentials

extension APIClient {
  /// The charges of a time, in all currencies.
  ///
  /// - Parameters:
  ///   - start: milliseconds since 1970, inclusive.
  ///   - end: milliseconds since 1970, exclusive; later than `start`.
  ///   - pages: at most so many are asked for, of a thousand entries each.
  public func usageHistory(from start: Int, until end: Int, pages: Int = 20) async throws(QueryError) -> UsageHistory {
    let path = "/billing/usage-history"
    // A further page is asked for by its cursor alone: "filter parameters sent alongside one are rejected".
    var query = "?startTimestamp=\(Self.time(start))&endTimestamp=\(Self.time(end))"
    var entries: [UsageHistory.Entry] = []
    for _ in 0..<pages {
      let page = try await object(path + query)
      guard case .array(let items)? = page["data"] else { throw .unreadable(why: "'data' is missing", path: path) }
      for item in items { entries.append(try entry(item, path)) }
      guard let cursor = page.string("nextCursor") else { return UsageHistory(entries: entries, isWhole: true) }
      guard !cursor.isEmpty, cursor.utf8.allSatisfy(Self.isCursor) else {
        throw .unreadable(why: "'nextCursor' is no cursor", path: path)
      }
      query = "?cursor=\(cursor)"
    }
    return UsageHistory(entries: entries, isWhole: false)
  }

  private func entry(_ item: JSONValue, _ path: String) throws(QueryError) -> UsageHistory.Entry {
    guard let entry = item.object, let stamp = entry.string("timestamp"), let time = Self.milliseconds(stamp),
      let amount = entry.number("amount"), let sku = entry.string("sku"), let currency = entry.string("currency")
    else { throw .unreadable(why: "an entry lacks its timestamp, amount, currency or sku", path: path) }
    return UsageHistory.Entry(
      time: time, amount: amount, currency: currency, sku: sku, notes: entry.string("notes") ?? "",
      requestID: entry.object("inferenceDetails")?.string("requestId"))
  }

  /// The schema's pattern: `^[A-Za-z0-9_-]+$`. Nothing else goes into a URL.
  private static func isCursor(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// As the vendor writes times: `2026-06-15T19:05:10.504Z`.
  static func time(_ milliseconds: Int) -> String {
    // The style cuts digits off: half a millisecond more, and it rounds.
    Date(timeIntervalSince1970: (Double(milliseconds) + 0.5) / 1000)
      .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  static func milliseconds(_ text: String) -> Int? {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
    guard let date = try? Date(text, strategy: style) else { return nil }
    return Int((date.timeIntervalSince1970 * 1000).rounded())
  }
}
