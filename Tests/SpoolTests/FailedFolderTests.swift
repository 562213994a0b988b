import Testing

@testable import Spool

@Suite struct FailedFolderTests {
  let scratch: Scratch
  let failed: FailedFolder

  init() throws {
    scratch = try Scratch()
    failed = try FailedFolder(path: scratch.path("failed"))
  }

  private func put(
    _ bytes: String, _ report: String, as path: String = "web/canal.json",
    unless isSame: ([UInt8]) -> Bool = { _ in false }
  ) throws(SpoolError) -> String {
    try failed.put([UInt8](bytes).span, report: [UInt8](report).span, as: path, unless: isSame)
  }

  @Test func fileLiesBesideItsReport() throws {
    #expect(try put("{", "why") == "web/canal.json")
    #expect(try scratch.text("failed/web/canal.json") == "{")
    #expect(try scratch.text("failed/web/canal.json.error.json") == "why")
    #expect(try scratch.tree("failed") == [".darkroom", "web", "web/canal.json", "web/canal.json.error.json"])
    #expect(scratch.mode("failed/web/canal.json") == 0o644)
    #expect(scratch.mode("failed/web/canal.json.error.json") == 0o644)
    #expect(scratch.mode("failed/web") == 0o755)
  }

  // Scenario 12.
  @Test func secondOneGetsANumberAndOverwritesNothing() throws {
    #expect(try put("1", "one") == "web/canal.json")
    #expect(try put("2", "two") == "web/canal-2.json")
    // The same bytes again: another drop, another report.
    #expect(try put("1", "three") == "web/canal-3.json")
    #expect(try scratch.text("failed/web/canal.json") == "1")
    #expect(try scratch.text("failed/web/canal.json.error.json") == "one")
    #expect(try scratch.text("failed/web/canal-2.json.error.json") == "two")
    #expect(try scratch.text("failed/web/canal-3.json.error.json") == "three")
  }

  @Test func crashBetweenFileAndReportIsMended() throws {
    try scratch.folder("failed/web")
    try scratch.file("failed/web/canal.json", "{")
    #expect(try put("{", "why") == "web/canal.json")
    #expect(try scratch.text("failed/web/canal.json.error.json") == "why")
  }

  @Test func strangersFileWithoutAReportStays() throws {
    try scratch.folder("failed/web")
    try scratch.file("failed/web/canal.json", "theirs")
    #expect(try put("{", "why") == "web/canal-2.json")
    #expect(try scratch.text("failed/web/canal.json") == "theirs")
    #expect(!scratch.exists("failed/web/canal.json.error.json"))
  }

  @Test func crashAfterTheReportPutsNothingTwice() throws {
    #expect(try put("{", "job 7") == "web/canal.json")
    #expect(try put("{", "job 7, again", unless: { $0.text.hasPrefix("job 7") }) == "web/canal.json")
    #expect(try put("{", "job 8", unless: { $0.text.hasPrefix("job 8") }) == "web/canal-2.json")
    #expect(try scratch.text("failed/web/canal.json.error.json") == "job 7")
  }

  @Test func reportWithoutItsFileStays() throws {
    try scratch.folder("failed/web")
    try scratch.file("failed/web/canal.json.error.json", "old")
    #expect(try put("{", "why") == "web/canal-2.json")
    #expect(try scratch.text("failed/web/canal.json.error.json") == "old")
    #expect(
      try scratch.tree("failed/web") == ["canal-2.json", "canal-2.json.error.json", "canal.json.error.json"])
  }

  @Test func whatACrashLeftHalfWrittenIsSwept() throws {
    try scratch.file("failed/.darkroom/.4711-1.part", "half")
    _ = try FailedFolder(path: scratch.path("failed"))
    #expect(try scratch.tree("failed") == [".darkroom"])
  }

  @Test(arguments: [
    ("canal.json", 1, "canal.json"), ("canal.json", 2, "canal-2.json"), ("a.b.yaml", 10, "a.b-10.yaml"),
    ("plain", 2, "plain-2"),
    (".hidden", 2, ".hidden-2"),
  ]) func numberGoesBeforeTheEnding(_ name: String, _ number: Int, _ expected: String) {
    #expect(FailedFolder.numbered(name, number) == expected)
  }

  @Test func longestNameHasRoomForItsReport() throws {
    let name = String(repeating: "é", count: 125) + ".json"
    let kept = try put("{", "why", as: name)
    #expect(kept == String(repeating: "é", count: 119) + ".json")
    #expect(try put("}", "why", as: name) == String(repeating: "é", count: 118) + "-2.json")
    #expect(try scratch.text("failed/\(kept).error.json") == "why")
  }
}
