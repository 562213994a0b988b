import Testing

@testable import Spool

// Scenario 14.
@Suite struct IgnoredNamesTests {
  @Test(arguments: [
    ".hidden", ".#canal.json", "canal.json.part", "canal.PART", "canal.tmp", "canal.json~", ".canal.json.swp", "x.swp",
    "x.swo", "#canal.json#", ".",
  ])
  func workInProgressIsIgnored(_ name: String) {
    #expect(IgnoredNames.contains(name))
  }

  @Test(arguments: ["canal.json", "part", "tmp", "a.partial", "#1.json", "canal.part.json", "~canal.json"])
  func workIsNot(_ name: String) {
    #expect(!IgnoredNames.contains(name))
  }

  @Test func hiddenFolderHidesWhatItHolds() {
    #expect(IgnoredNames.contains(path: "web/.git/canal.json"))
    #expect(!IgnoredNames.contains(path: "web/canal.json"))
  }
}
