import Foundation
import Testing

@testable import Sandbox

@Suite struct GzipTests {
  /// RFC 9110, 12.5.3.
  @Test(arguments: [
    ("gzip", true), ("gzip, deflate, br", true), ("br;q=1.0, GZIP;q=0.5", true), ("deflate,x-gzip", true),
    ("gzip;q=0", false), ("gzip; q=0.000", false), ("identity", false), ("br", false), ("", false), ("gzipped", false),
    ("gzip;q=none", false),
  ])
  func gzipIsAcceptedWhereItIsListedWithAWeight(header: String, isAccepted: Bool) {
    #expect(Gzip.isAccepted(by: header) == isAccepted)
  }

  @Test func withoutTheHeaderNothingIsCompressed() {
    #expect(!Gzip.isAccepted(by: nil))
  }

  /// gunzip is the judge.
  @Test(arguments: [0, 1, 100_000])
  func gunzipReadsIt(count: Int) async throws {
    var chance = Chance(seed: 1)
    let text = (0..<count).map { _ in UInt8(truncatingIfNeeded: 0x61 + chance.next() % 16) }
    let compressed = try #require(Gzip.compressed(text))
    try await withTemporaryFolder { folder in
      let file = URL(fileURLWithPath: folder).appendingPathComponent("body.gz")
      try Data(compressed).write(to: file)
      let (status, output) = try await VendorSchema.run("/bin/gzip", "-dc", file.path)
      #expect(status == 0)
      #expect(output == String(decoding: text, as: UTF8.self))
    }
    if count == 100_000 { #expect(compressed.count < 70_000) }
  }
}
