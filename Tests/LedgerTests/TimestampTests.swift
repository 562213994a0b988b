import Foundation
import Testing

@testable import Ledger

@Suite struct TimestampTests {
  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
    (1_700_000_000_123_456, "2023-11-14T22:13:20.123456Z"), (951_782_399_000_000, "2000-02-28T23:59:59.000000Z"),
    (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"), (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
  ]) func textIsRFC3339(_ microseconds: Int64, _ text: String) {
    #expect(Timestamp(microseconds: microseconds).description == text)
  }

  /// From 1586 on: before 1582, Foundation counts by the Julian calendar.
  @Test func calendarIsFoundations() {
    let format = Date.ISO8601FormatStyle(includingFractionalSeconds: false)
    for day in stride(from: -140_000, to: 200_000, by: 97) {
      let seconds = Int64(day) * 86_400 + 12_345
      let expected = Date(timeIntervalSince1970: Double(seconds)).formatted(format).dropLast()
      #expect(Timestamp(microseconds: seconds * 1_000_000).description.hasPrefix(expected))
    }
  }

  @Test func dayBeginsAtMidnightUTC() {
    let time = Timestamp(microseconds: 1_700_000_000_123_456)
    #expect(time.day == "2023-11-14")
    #expect(time.startOfDay.description == "2023-11-14T00:00:00.000000Z")
    #expect(Timestamp(microseconds: -1).startOfDay.description == "1969-12-31T00:00:00.000000Z")
  }

  @Test func durationsAreAdded() {
    #expect(Timestamp.at(0) + .milliseconds(1500) == Timestamp(microseconds: 1_700_000_001_500_000))
    #expect(Timestamp.at(0) + .seconds(-1) == .at(-1))
    #expect(Timestamp.at(1).duration(to: .at(3)) == .seconds(2))
    #expect((Timestamp.at(0) + .seconds(Int64.max / 1_000_000)).microseconds == .max)
  }
}
