import Foundation
import Testing

@testable import Sandbox

@Suite struct USDTests {
  @Test func binaryNoiseOfTheCatalogueIsRoundedAway() throws {
    #expect(USD(try #require(Decimal(string: "0.028060000000000005"))) == USD(microdollars: 28_060))
    #expect(USD(try #require(Decimal(string: "0.0023000000000000004"))) == USD(microdollars: 2_300))
    #expect(USD(try #require(Decimal(string: "0.09375"))) == USD(microdollars: 93_750))
    #expect(USD(try #require(Decimal(string: "0.0000005"))) == USD(microdollars: 1))
    #expect(USD(12) == USD(microdollars: 12_000_000))
  }

  @Test func sumsAreExact() {
    let tenth = USD(microdollars: 100_000)
    #expect((0..<10).reduce(USD.zero) { sum, _ in sum + tenth }.json.serialized == "1")
    #expect((tenth * 3).json.serialized == "0.3")
  }

  @Test(arguments: [(0, "0.000000"), (30_000, "0.030000"), (4_230_000, "4.230000"), (-5, "-0.000005")])
  func headersCarrySixDigits(amount: Int, text: String) {
    #expect(USD(microdollars: amount).headerText == text)
  }
}
