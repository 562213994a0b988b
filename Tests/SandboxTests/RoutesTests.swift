import Foundation
import Testing

@testable import Sandbox

/// What the server says of money, pace and models, over the wire.
@Suite struct RoutesTests {
  private func body(_ more: String = "", prompt: String = "canal") -> String {
    #"{"model":"venice-sd35","prompt":"\#(prompt)","width":64,"height":64,"return_binary":true\#(more)}"#
  }

  private func balance(_ response: WireClient.Response?) throws -> String? {
    try JSON(parsing: #require(response).body)?["balances"]?["usd"]?.serialized
  }

  @Test func theBalanceHasCentsAndIsToppedUpWhileItRuns() async throws {
    try await withSandbox(SandboxConfiguration(balanceMicrodollars: 19_999)) { client in
      #expect(try await client.post("/image/generate", body())?.status == 200)
      let empty = try #require(try await client.post("/image/generate", body()))
      #expect(empty.status == 402)
      #expect(JSON(parsing: empty.body) == ["error": "Insufficient balance"])
      #expect(empty.headers["x-ratelimit-remaining-requests"] != nil)
      let json = ["Content-Type": "application/json"]
      func topUp(_ text: String) async throws -> WireClient.Response? {
        try await client.exchange("POST", "/sandbox/balance", headers: json, body: Array(text.utf8))
      }
      #expect(try balance(try await topUp(#"{"usd": 0.000001}"#)) == "0.01")
      #expect(try await client.post("/image/generate", body())?.status == 200)
      #expect(try balance(try await topUp(#"{"usd": 5.25}"#)) == "5.25")
      #expect(try balance(try await topUp(#"{"usd": -99}"#)) == "0")
      #expect(try await topUp(#"{"usd": "1"}"#)?.status == 400)
      #expect(try await topUp("1")?.status == 400)
      #expect(try balance(try await client.exchange("GET", "/billing/balance")) == "0")
    }
  }

  @Test func everyPaidAnswerCarriesTheRate() async throws {
    try await withSandbox(SandboxConfiguration(requestsPerMinute: 9)) { client in
      var remaining: [String?] = []
      for prompt in [
        "canal", "[sandbox:status=400]", "[sandbox:status=503]", "[sandbox:status=502]", "[sandbox:short]",
      ] {
        let response = try #require(try await client.post("/image/generate", body(prompt: prompt)))
        remaining.append(response.headers["x-ratelimit-remaining-requests"])
        #expect(response.headers["x-ratelimit-limit-requests"] == "9")
      }
      #expect(remaining == ["8", "7", "6", "5", "4"])
    }
  }

  @Test func beyondTheLimitARetryAfterSaysHowLong() async throws {
    try await withSandbox(SandboxConfiguration(requestsPerMinute: 1)) { client in
      let first = try #require(try await client.post("/image/generate", body()))
      let second = try #require(try await client.post("/image/generate", body()))
      #expect(second.status == 429)
      let wait = try #require(Int(second.headers["retry-after"] ?? ""))
      #expect((1...60).contains(wait))
      #expect(second.headers["x-ratelimit-remaining-requests"] == "0")
      let resets = [first, second].map { Int($0.headers["x-ratelimit-reset-requests"] ?? "") ?? 0 }
      #expect(abs(resets[0] - resets[1]) <= 1)
    }
  }

  @Test func moreThanTwentyFailuresBlockTheKeyAndOthersWork() async throws {
    let charges = try await chargesOf(SandboxConfiguration(blocksAfterFailures: true)) { client in
      // At once, so that they fall into half a minute on a slow machine too. A gateway's error is charged, and a failure
      // all the same.
      let statuses = try await withThrowingTaskGroup(of: Int?.self) { group in
        for number in 0..<21 {
          let prompt = "[sandbox:status=\(number == 0 ? 502 : 503)]"
          group.addTask { try await client.post("/image/generate", body(prompt: prompt))?.status }
        }
        return try await group.reduce(into: []) { $0.append($1 ?? 0) }
      }
      #expect(statuses.sorted() == [502] + Array(repeating: 503, count: 20))
      let blocked = try #require(try await client.post("/image/generate", body()))
      #expect(blocked.status == 429)
      #expect((1...30).contains(Int(blocked.headers["retry-after"] ?? "") ?? 0))
      let other = ["Authorization": "Bearer other"]
      #expect(try await client.post("/image/generate", body(), headers: other)?.status == 200)
    }
    #expect(charges.count == 2)
  }

  @Test func withoutTheOptionNothingIsBlocked() async throws {
    try await withSandbox { client in
      for _ in 0..<25 { _ = try await client.post("/image/generate", body(prompt: "[sandbox:status=503]")) }
      #expect(try await client.post("/image/generate", body())?.status == 200)
    }
  }

  @Test func theHistoryIsTheChargesToTheCent() async throws {
    try await withTemporaryFolder { folder in
      let configuration = SandboxConfiguration(
        chargesFile: "\(folder)/charges.jsonl", balanceMicrodollars: 1_000_000)
      try await withSandbox(configuration) { client in
        for number in 1...11 {
          let json = #"{"model":"venice-sd35","prompt":"canal","width":64,"height":64,"variants":\#(number % 4 + 1)}"#
          #expect(try await client.post("/image/generate", json)?.status == 200)
        }
        _ = try await client.post("/image/generate", body(prompt: "[sandbox:drop]"))
        _ = try await client.post("/image/generate", body(prompt: "[sandbox:status=503]"))
        let path = "/api/v1/billing/usage-history"
        let first = try #require(try await client.exchange("GET", path + "?pageSize=10"))
        let cursor = try #require(JSON(parsing: first.body)?["nextCursor"]?.string)
        let second = try #require(try await client.exchange("GET", path + "?cursor=\(cursor)"))
        #expect(JSON(parsing: second.body)?["nextCursor"] == .null)
        let entries = try [first, second].flatMap { try #require(JSON(parsing: $0.body)?["data"]?.array) }
        let charged = try charges("\(folder)/charges.jsonl")
        #expect(entries.map { $0["inferenceDetails"]?["requestId"] } == charged.map { $0["id"] })
        #expect(entries.map { $0["amount"]?.decimal.map { -$0 } } == charged.map { $0["usd"]?.decimal })
        let sum = entries.compactMap { $0["amount"]?.decimal }.reduce(Decimal(0), +)
        let left = JSON.number(1 + sum).serialized
        #expect(try balance(try await client.exchange("GET", "/billing/balance")) == left)
        let wrong = try #require(try await client.exchange("GET", path + "?pageSize=1"))
        let alone = try #require(try await client.exchange("GET", path + "?cursor=\(cursor)&pageSize=10"))
        let refusals: [Int] = [wrong.status, alone.status]
        #expect(refusals == [400, 400])
        let later = try #require(try await client.exchange("GET", path + "?startTimestamp=2100-01-01T00%3A00%3A00Z"))
        let nothing: JSON = ["data": [], "nextCursor": .null]
        #expect(JSON(parsing: later.body) == nothing)
        #expect(
          try await VendorSchema.faults(
            [first, second, wrong, alone, later].map { VendorSchema.response("GET", path, $0) }) == "")
      }
    }
  }

  @Test func deprecationIsSaidByTheCatalogueAndEveryAnswer() async throws {
    let configuration = SandboxConfiguration(deprecated: ["venice-sd35": "z-image-turbo", "firered-image-edit": nil])
    try await withSandbox(configuration) { client in
      let listing = try #require(try await client.exchange("GET", "/models?type=all"))
      #expect(try await VendorSchema.faults([VendorSchema.response("GET", "/models", listing)]) == "")
      let models = try #require(JSON(parsing: listing.body)?["data"]?.array)
      let deprecated = models.filter { $0["model_spec"]?["deprecation"] != nil }
      #expect(Set(deprecated.compactMap { $0["id"]?.string }) == ["venice-sd35", "firered-image-edit"])
      let notice = try #require(
        deprecated.first { $0["id"] == "venice-sd35" }?["model_spec"]?["deprecation"])
      for more in ["", #","enhance_prompt":true"#] {
        let answer = try #require(try await client.post("/image/generate", body(more)))
        #expect(answer.headers["x-venice-deprecated"] == "true")
        #expect(answer.headers["x-venice-deprecated-replacement"] == "z-image-turbo")
        #expect(answer.headers["x-venice-model-deprecation-date"] == notice["date"]?.string)
        #expect(answer.headers["x-venice-model-deprecation-warning"]?.contains("venice-sd35") == true)
      }
      let edit = try #require(
        try await client.post("/image/edit", #"{"prompt":"bluer","image":"https://example.com/a.png"}"#))
      #expect(edit.headers["x-venice-deprecated"] == "true")
      #expect(edit.headers["x-venice-deprecated-replacement"] == nil)
      let other = try #require(
        try await client.post("/image/generate", body().replacingOccurrences(of: "venice-sd35", with: "chroma")))
      #expect(other.headers.keys.filter { $0.contains("deprecat") } == [])
    }
  }

  /// gunzip is the judge.
  @Test func jsonIsCompressedForWhoReadsItAndPicturesNever() async throws {
    try await withSandbox { client in
      let gzip = ["Accept-Encoding": "br, gzip;q=0.5", "Authorization": "Bearer key"]
      for path in ["/models", "/image/styles", "/nope"] {
        let plain = try #require(try await client.exchange("GET", path))
        let packed = try #require(try await client.exchange("GET", path, headers: gzip))
        #expect(plain.headers["content-encoding"] == nil)
        #expect(packed.headers["content-encoding"] == "gzip")
        #expect(packed.isWhole)
        #expect(try await unpacked(packed.body) == plain.text)
      }
      let json = #"{"model":"venice-sd35","prompt":"canal","width":64,"height":64}"#
      let packed = try #require(try await client.post("/image/generate", json, headers: gzip))
      #expect(packed.headers["content-encoding"] == "gzip")
      #expect(packed.headers["x-venice-model-id"] == "venice-sd35")
      let answer = try await unpacked(packed.body)
      #expect(JSON(parsing: Array(answer.utf8))?["images"]?.array?.count == 1)
      let picture = try #require(try await client.post("/image/generate", body(), headers: gzip))
      #expect(picture.headers["content-encoding"] == nil)
      let refused = ["Accept-Encoding": "gzip;q=0", "Authorization": "Bearer key"]
      #expect(try await client.exchange("GET", "/models", headers: refused)?.headers["content-encoding"] == nil)
      let cut = json.replacingOccurrences(of: "canal", with: "[sandbox:truncate]")
      let half = try #require(try await client.post("/image/generate", cut, headers: gzip))
      #expect(half.headers["content-encoding"] == "gzip")
      #expect(half.body.count == (Int(half.headers["content-length"] ?? "") ?? 0) / 2)
    }
  }

  private func unpacked(_ body: [UInt8]) async throws -> String {
    try await withTemporaryFolder { folder in
      let file = URL(fileURLWithPath: folder).appendingPathComponent("body.gz")
      try Data(body).write(to: file)
      let (status, output) = try await VendorSchema.run("/bin/gzip", "-dc", file.path)
      #expect(status == 0)
      return output
    }
  }
}
