import Foundation
import Testing

/// Scenario 46: what a file system cannot do, with strace in the place of such a file system.
@Suite(.timeLimit(.minutes(3))) struct ShortcomingTests {
  private static let withoutRenameFlags = [
    "/usr/bin/strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=renameat2", "-e", "inject=renameat2:error=EINVAL",
  ]
  private static let pipelines = [
    "default": "outputs: [{ file: '{name}.png' }]\n",
    "again": "collision: replace\noutputs: [{ file: '{name}.png' }]\n",
  ]

  @Test func checkRefusesAPipelineThatNeedsWhatTheFileSystemLacks() async throws {
    let site = try await Site(pipelines: Self.pipelines)
    try FileManager.default.createDirectory(atPath: "\(site.folder)/output", withIntermediateDirectories: true)
    let whole = try await site.run("check")
    #expect(whole.status == 0)
    #expect(!whole.notes.contains("RENAME"))
    let left = try FileManager.default.contentsOfDirectory(atPath: "\(site.folder)/output")
    #expect(left == [], "a staging folder made by whoever checks shuts out the daemon's user")
    let lacking = try await site.run("check", beneath: Self.withoutRenameFlags)
    #expect(lacking.status == 2)
    #expect(lacking.notes.contains("no RENAME_EXCHANGE"))
    #expect(lacking.notes.contains("`collision: replace` of again asks for"))
    try FileManager.default.removeItem(atPath: "\(site.folder)/pipelines/again.yaml")
    let modest = try await site.run("check", beneath: Self.withoutRenameFlags)
    #expect(modest.status == 0)
    #expect(modest.notes.contains("warning: the file system of \(site.folder)/output has no RENAME_EXCHANGE"))
  }

  @Test func whatCannotBeReplacedIsRefusedBeforeItIsPaidFor() async throws {
    let site = try await Site(pipelines: Self.pipelines)
    let request = #"{"name": "canal", "pipeline": "again", "generate": {"model": "venice-sd35", "prompt": "A canal"}}"#
    try site.drop(request, as: "first.json")
    let first = try await site.run("run", "--once", beneath: Self.withoutRenameFlags)
    #expect(first.status == 0, "a free place needs no exchange: \(first.notes)")
    let published = try site.contents("output/canal/manifest.json")
    try site.drop(request, as: "second.json")
    let second = try await site.run("run", "--once", beneath: Self.withoutRenameFlags)
    #expect(second.status == 1)
    #expect(try site.charges() == 1)
    #expect(try site.contents("output/canal/manifest.json") == published)
    let report = try site.json("failed/second.json.error.json")
    #expect((report["error"] as? String)?.contains("RENAME_EXCHANGE") == true)
    try site.drop(request, as: "third.json")
    #expect(try await site.run("run", "--once").status == 0)
    #expect(try site.contents("output/canal/manifest.json") != published)
  }
}
