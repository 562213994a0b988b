import Glibc

/// A point in time: microseconds since 1970 in UTC, as the ledger stores it. For records and for waiting across a
/// restart; delays within a process run on the monotonic clock.
public struct Timestamp: Hashable, Sendable, Comparable {
  public let microseconds: Int64

  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  public static func now() -> Timestamp {
    var now = timespec()
    // Fills the time during the call; CLOCK_REALTIME always exists (clock_gettime(2)).
    _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)
  }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

  public static func + (time: Timestamp, duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    let sum = time.microseconds.addingReportingOverflow(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    return Timestamp(microseconds: sum.overflow ? .max : sum.partialValue)
  }

  public static func - (time: Timestamp, duration: Duration) -> Timestamp { time + (.zero - duration) }

  /// From one time to another; negative when the other is earlier.
  public func duration(to other: Timestamp) -> Duration { .microseconds(other.microseconds - microseconds) }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC with microseconds: `2026-11-21T09:30:00.000000Z`.
  public var description: String {
    let (days, time) = Self.divided(microseconds, by: Self.microsecondsOfADay)
    let (year, month, day) = Self.civil(days: days)
    let (seconds, micros) = (time / 1_000_000, time % 1_000_000)
    return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
      + "\(Self.padded(seconds / 3600, 2)):\(Self.padded(seconds / 60 % 60, 2)):\(Self.padded(seconds % 60, 2))"
      + ".\(Self.padded(micros, 6))Z"
  }

  /// The day in UTC: `2026-11-21`.
  public var day: String { String(description.prefix(10)) }

  /// Midnight in UTC, at which the day began.
  public var startOfDay: Timestamp {
    Timestamp(microseconds: microseconds - Self.divided(microseconds, by: Self.microsecondsOfADay).remainder)
  }

  /// Midnight in UTC, at which the day ends.
  public var startOfNextDay: Timestamp { startOfDay + .microseconds(Self.microsecondsOfADay) }

  /// UTC, as POSIX counts it, has no leap seconds.
  static let microsecondsOfADay: Int64 = 86_400_000_000

  private static func divided(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  /// The date of the proleptic Gregorian calendar, from days since 1970-01-01. Years are counted from March, so that
  /// the leap day is the last; 719,468 days lie between 0000-03-01 and 1970-01-01, 146,097 days are 400 years.
  private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = divided(days + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
