import Foundation
import Testing

/// One job that the account or the key is refused for does not keep the others from their turn (scenarios 22 and 23).
@Suite(.timeLimit(.minutes(3))) struct PoisonedAccountTests {
  private static let hurried = ["DARKROOM_API_ACCOUNT_CHECK": "200ms", "DARKROOM_API_CONCURRENCY": "1"]

  private static func request(_ prompt: String, model: String = "venice-sd35", priority: Int = 0) -> String {
    #"{"priority": \#(priority), "generate": {"model": "\#(model)", "prompt": "\#(prompt)"}}"#
  }

  /// Runs the daemon until four good jobs are published.
  private func publishedBeside(_ site: Site) async throws -> Command.Ended {
    for name in ["a", "b", "c", "d"] { try site.drop(Self.request("Canal \(name)"), as: "\(name).json") }
    let daemon = try Command(["run", "--config", site.configuration], environment: Self.hurried)
    for _ in 1...4 { _ = try await daemon.line(beginning: "published") }
    daemon.signal(SIGTERM)
    return await daemon.end()
  }

  private func calls(_ ended: Command.Ended, of model: String) -> Int {
    ended.notes.split(separator: "\n").count { $0.hasPrefix("calling") && $0.contains(model) }
  }

  @Test func aJobThatIsForbiddenPausesAllOnceThenFailsByItself() async throws {
    let site = try await Site()
    try site.drop(Self.request("Poison [sandbox:status=403]", model: "chroma", priority: 1), as: "poison.json")
    let ended = try await publishedBeside(site)
    #expect(calls(ended, of: "chroma") == 2)
    #expect(ended.notes.contains("paused     all calls"))
    #expect(ended.notes.contains("resumed    all calls"))
    #expect(site.files(in: "failed") == ["poison.json", "poison.json.error.json"])
    #expect(try site.charges() == 4)
  }

  @Test func manyForbiddenJobsPauseAllOnce() async throws {
    let site = try await Site()
    for number in 1...5 {
      let request = Self.request("Poison \(number) [sandbox:status=403]", model: "chroma", priority: 1)
      try site.drop(request, as: "poison-\(number).json")
    }
    let ended = try await publishedBeside(site)
    #expect(calls(ended, of: "chroma") == 6)
    #expect(ended.notes.components(separatedBy: "paused     all calls").count == 2)
    #expect(site.files(in: "failed").count == 10)
  }

  @Test func aJobThatIsNotPaidForWaitsByItself() async throws {
    let site = try await Site()
    try site.drop(Self.request("Poison [sandbox:status=402]", model: "chroma", priority: 1), as: "poison.json")
    let ended = try await publishedBeside(site)
    #expect(calls(ended, of: "chroma") == 2)
    #expect(site.files(in: "failed").isEmpty)
    let jobs = try await site.run("jobs", "summary", "--json")
    #expect(jobs.output.contains(#""state":"queued","reason":"account","count":1"#), "\(jobs.output)")
  }

  // 0.05 USD are left: enough for cheap calls, not for the dear one, and the account can pay.
  @Test func aJobThatIsDearerThanTheBalanceLetsCheaperOnesPass() async throws {
    let site = try await Site()
    try await leave(usd: 0.05, at: site)
    try site.drop(Self.request("Dear", model: "wan-2-7-pro-text-to-image", priority: 1), as: "dear.json")
    let ended = try await publishedBeside(site)
    #expect(calls(ended, of: "wan-2-7-pro") == 2)
    #expect(try site.charges() == 4)
  }

  /// Takes from the local API's balance, 10,000 USD at the start.
  private func leave(usd: Double, at site: Site) async throws {
    let port = try String(contentsOfFile: "\(site.folder)/port", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [
      "-c",
      """
      import json, sys, urllib.request
      urllib.request.urlopen(urllib.request.Request(
        "http://127.0.0.1:\(port)/sandbox/balance", json.dumps({"usd": \(usd) - 10000}).encode(),
        {"Content-Type": "application/json", "Authorization": "Bearer k"}))
      """,
    ]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }
}
