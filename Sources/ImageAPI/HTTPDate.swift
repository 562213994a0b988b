/// The three date formats that HTTP recipients must read (RFC 9110 §5.6.7).
enum HTTPDate {
  /// Seconds since 1970; `nil` when the text is no date.
  static func seconds(_ text: String) -> Int? {
    let words = text.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
    // Sun, 06 Nov 1994 08:49:37 GMT | Sunday, 06-Nov-94 08:49:37 GMT | Sun Nov  6 08:49:37 1994
    let parts: (day: String, month: String, year: String, time: String)
    switch words.count {
    case 6 where words[5] == "GMT": parts = (words[1], words[2], words[3], words[4])
    case 5: parts = (words[2], words[1], words[4], words[3])
    default: return nil
    }
    let clock = parts.time.split(separator: ":").map { Int($0) }
    guard let day = Int(parts.day), (1...31).contains(day), let month = months.firstIndex(of: parts.month),
      var year = Int(parts.year), year >= 0, year <= 9999, clock.count == 3, let hour = clock[0], let minute = clock[1],
      let second = clock[2], (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    // Two digits belong to the RFC 850 form, which nobody has sent since long before 2000 came.
    if year < 100 { year += year < 70 ? 2000 : 1900 }
    return ((days(year: year, month: month + 1, day: day) * 24 + hour) * 60 + minute) * 60 + second
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
