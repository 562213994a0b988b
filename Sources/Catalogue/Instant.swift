/// Instants as the vendor writes them, `2025-03-01T00:00:00.000Z`.
enum Instant {
  /// Seconds since 1970, fractions dropped; `nil` when the text is no ISO 8601 instant in UTC.
  static func seconds(_ text: String) -> Int? {
    let parts = text.split(separator: "T", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].hasSuffix("Z") else { return nil }
    let date = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    let clock = parts[1].dropLast().prefix { $0 != "." }
      .split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard date.count == 3, let year = date[0], let month = date[1], let day = date[2], clock.count == 3,
      let hour = clock[0], let minute = clock[1], let second = clock[2], (1970...9999).contains(year),
      (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour), (0...59).contains(minute),
      (0...60).contains(second)
    else { return nil }
    return ((days(year: year, month: month, day: day) * 24 + hour) * 60 + minute) * 60 + second
  }

  /// Days from 1970-01-01 in the Gregorian calendar, counted in years that begin in March.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
  }
}
