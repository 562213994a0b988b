import Testing

@testable import Catalogue

@Suite struct InstantTests {
  /// By GNU date: `date -u -d 2025-03-01T00:00:00Z +%s`.
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2025-03-01T00:00:00.000Z", 1_740_787_200),
      ("2024-02-29T23:59:59.999Z", 1_709_251_199),
      ("2026-09-21T14:13:20Z", 1_790_000_000), ("2000-12-31T12:00:00Z", 978_264_000),
    ] as [(String, Int)]) func utcIsRead(text: String, seconds: Int)
  {
    #expect(Instant.seconds(text) == seconds)
  }

  @Test(arguments: [
    "", "2025-03-01", "2025-03-01T00:00:00", "2025-03-01T00:00:00+01:00", "2025-13-01T00:00:00Z", "TZ",
    "2025-03-00T00:00:00Z", "2025-03-01T24:00:00Z", "2025-03-01T00:00Z", "soon", "99999-01-01T00:00:00Z",
  ])
  func otherTextIsNoInstant(text: String) {
    #expect(Instant.seconds(text) == nil)
  }
}
