import Foundation
import Testing

/// What the daemon promises when the API is not what it should be, judged by what the server saw.
@Suite(.timeLimit(.minutes(3))) struct UnsoundAPITests {
  // The vendor blocks a key after 20 failed requests in 30 s; free ones count as well.
  @Test(arguments: ["broken", "barred"]) func failedRequestsOfEveryKindStayBelow15In30Seconds(_ kind: String)
    async throws
  {
    let api = try await UnsoundAPI(kind)
    for number in 1...40 {
      // Of models enough, so that no breaker of one stands in the way.
      try api.drop(#"{"generate": {"model": "m\#(number)", "prompt": "A canal"}}"#, as: "\(number).json")
    }
    let daemon = try Command(["run", "--config", api.configuration], environment: ["VENICE_API_KEY": "key"])
    let seen = try await api.requests(quiet: .seconds(6), most: 25)
    daemon.signal(SIGTERM)
    _ = await daemon.end()
    #expect(seen.count { $0.path.contains("/models") } == 1)
    #expect(seen.contains { $0.path.hasSuffix("/image/generate") })
    for first in seen { #expect(seen.count { $0.time >= first.time && $0.time < first.time + 30 } < 15) }
  }

  @Test func aFreeEndpointThatFailsKeepsNoJobFromItsPicture() async throws {
    let api = try await UnsoundAPI("blind")
    for number in 1...5 {
      try api.drop(#"{"generate": {"model": "venice-sd35", "prompt": "A canal"}}"#, as: "\(number).json")
    }
    let run = try await Command.run(
      ["run", "--once", "--config", api.configuration], environment: ["VENICE_API_KEY": "key"])
    #expect(run.status == 0, "\(run.notes)")
    let seen = try api.seen()
    #expect(seen.count { $0.status == 500 } == 1)
    #expect(seen.count { $0.status == 200 } == 5)
  }

  // What is set aside goes on counting: two at 0.40, and no third.
  @Test func aServerThatChargesTheWorstPriceNeverPassesTheBudget() async throws {
    let api = try await UnsoundAPI("dear", settings: "budget: { per-day-usd: 0.85 }")
    for number in 1...3 {
      try api.drop(#"{"generate": {"model": "tiered", "prompt": "A canal"}}"#, as: "\(number).json")
    }
    let run = try await Command.run(
      ["run", "--once", "--config", api.configuration],
      environment: ["VENICE_API_KEY": "key", "DARKROOM_API_CONCURRENCY": "1"])
    #expect(run.status == 75, "\(run.notes)")
    #expect(try api.charged == 0.8)
    try await expectUnpriced(api, calls: 2, each: 0.4, model: "tiered")
  }

  @Test func aServerThatTakesADearerModelInsteadNeverPassesTheBudget() async throws {
    let api = try await UnsoundAPI("remapped", settings: "budget: { per-day-usd: 1.2 }")
    for number in 1...3 {
      try api.drop(#"{"generate": {"model": "old", "prompt": "A canal"}}"#, as: "\(number).json")
    }
    let run = try await Command.run(
      ["run", "--once", "--config", api.configuration],
      environment: ["VENICE_API_KEY": "key", "DARKROOM_API_CONCURRENCY": "1"])
    #expect(run.status == 75, "\(run.notes)")
    #expect(try api.charged == 1)
    try await expectUnpriced(api, calls: 2, each: 0.5, model: "old")
  }

  /// Manifests name no price but the most that it can be, and the sums keep it apart.
  private func expectUnpriced(_ api: UnsoundAPI, calls: Int, each usd: Double, model: String) async throws {
    let found = try api.manifests().compactMap { ($0["calls"] as? [[String: Any]])?.first }
    #expect(found.count == calls)
    for call in found {
      #expect(call["charged"] as? Bool == true)
      #expect(call["usd"] is NSNull)
      #expect(call["at-most-usd"] as? Double == usd)
    }
    let jobs = try await Command.run(["jobs", "summary", "--json", "--by", "model", "--config", api.configuration])
    let summary = try #require(
      try JSONSerialization.jsonObject(with: Data(jobs.output.utf8)) as? [String: Any], "\(jobs.notes)")
    let line = try #require((summary["charges"] as? [[String: Any]])?.first)
    #expect(line["model"] as? String == model)
    #expect(line["usd"] as? Double == 0)
    #expect(line["unpriced-usd"] as? Double == Double(calls) * usd)
  }
}
