import Foundation
import FoundationNetworking
import Testing

/// The options of `darkroom sandbox`, over the wire.
@Suite(.timeLimit(.minutes(3))) struct SandboxCommandTests {
  private struct Answer {
    var status: Int
    var text: String
    var headers: HTTPURLResponse
  }

  private static let body = #"{"model":"chroma","prompt":"canal","width":64,"height":64}"#

  /// `GET` without a body.
  private static func ask(
    _ site: Site, _ path: String, _ body: String? = nil, key: String? = "key"
  ) async throws -> Answer {
    var request = URLRequest(url: try #require(URL(string: site.baseURL + path)))
    request.httpMethod = body == nil ? "GET" : "POST"
    request.httpBody = body.map { Data($0.utf8) }
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    if let key { request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization") }
    let (data, response) = try await URLSession.shared.data(for: request)
    let headers = try #require(response as? HTTPURLResponse)
    return Answer(status: headers.statusCode, text: String(decoding: data, as: UTF8.self), headers: headers)
  }

  /// 21 failures at once.
  private func fail(_ site: Site) async throws {
    let body = Self.body.replacing("canal", with: "canal [sandbox:status=503]")
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<21 { group.addTask { try await Self.ask(site, "/image/generate", body).status } }
      for try await status in group { #expect(status == 503) }
    }
  }

  @Test func blockFailuresBlocksTheKeyThatFailedTooOften() async throws {
    let site = try await Site(sandbox: ["--block-failures"])
    try await fail(site)
    let blocked = try await Self.ask(site, "/image/generate", Self.body)
    #expect(blocked.status == 429)
    #expect((1...30).contains(Int(blocked.headers.value(forHTTPHeaderField: "retry-after") ?? "") ?? 0))
    #expect(try await Self.ask(site, "/image/generate", Self.body, key: "other").status == 200)
    #expect(try site.charges() == 1)
  }

  @Test func withoutItNobodyIsBlocked() async throws {
    let site = try await Site()
    try await fail(site)
    #expect(try await Self.ask(site, "/image/generate", Self.body).status == 200)
  }

  @Test func x402SaysHowToPay() async throws {
    let site = try await Site(sandbox: ["--x402", "--balance", "0.009999"])
    let unknown = try await Self.ask(site, "/image/generate", Self.body, key: nil)
    #expect(unknown.status == 402)
    #expect(unknown.text.contains(#""x402Version":2"#))
    #expect(unknown.headers.value(forHTTPHeaderField: "payment-required")?.isEmpty == false)
    let poor = try await Self.ask(site, "/image/generate", Self.body)
    #expect(poor.status == 402)
    #expect(poor.text.contains(#""code":"PAYMENT_REQUIRED""#) && poor.text.contains(#""currentBalanceUsd":0.009999"#))
    let plain = try await Site(sandbox: ["--balance", "0.009999"])
    #expect(try await Self.ask(plain, "/image/generate", Self.body, key: nil).status == 401)
    #expect(try await Self.ask(plain, "/image/generate", Self.body).text == #"{"error":"Insufficient balance"}"#)
  }

  @Test(arguments: [
    ("12.34", "12.34"), ("0.000001", "0.000001"), ("0", "0"), ("25", "25"), ("1000000000", "1000000000"),
    ("0.1000000", "0.1"), ("4503599.627371", "4503599.627371"),
  ])
  func theBalanceIsWhatWasWritten(_ written: String, _ shown: String) async throws {
    let site = try await Site(sandbox: ["--balance", written])
    let balance = try await Self.ask(site, "/billing/balance")
    #expect(balance.text.contains(#""usd":\#(shown)}"#), "\(balance.text)")
  }

  @Test func withoutABalanceThereAreTenThousandDollars() async throws {
    let site = try await Site()
    #expect(try await Self.ask(site, "/billing/balance").text.contains(#""usd":10000}"#))
  }

  @Test func theBalanceRunsOutAndIsToppedUpWhileItServes() async throws {
    let site = try await Site(sandbox: ["--balance", "0.019999"])
    #expect(try await Self.ask(site, "/image/generate", Self.body).status == 200)
    #expect(try await Self.ask(site, "/image/generate", Self.body).status == 402)
    #expect(try await Self.ask(site, "/sandbox/balance", #"{"usd": 0.000001}"#, key: nil).status == 200)
    #expect(try await Self.ask(site, "/image/generate", Self.body).status == 200)
    #expect(try site.charges() == 2)
    #expect(try await Command.run(["sandbox", "--help"]).output.contains("/sandbox/balance"))
  }

  @Test func deprecatedIsSaidByTheCatalogueAndTheAnswers() async throws {
    let site = try await Site(sandbox: ["--deprecated", "chroma=z-image-turbo", "--deprecated", "lustify-v7"])
    let answer = try await Self.ask(site, "/image/generate", Self.body)
    #expect(answer.headers.value(forHTTPHeaderField: "x-venice-deprecated-replacement") == "z-image-turbo")
    let lines = try await site.run("models").output.split(separator: "\n").filter { $0.contains(" ends ") }
    #expect(lines.count == 2)
    #expect(lines.contains { $0.hasPrefix("chroma ") && $0.hasSuffix("Z, use z-image-turbo") })
    #expect(lines.contains { $0.hasPrefix("lustify-v7 ") && $0.hasSuffix("Z") })
  }

  @Test(arguments: [
    (["--balance", "12,34"], "--balance is US dollars"), (["--balance=-1"], "--balance is US dollars"),
    (["--balance", "0.0000001"], "at most six digits"), (["--balance", "1e3"], "--balance is US dollars"),
    (["--balance", "1000000001"], "--balance is US dollars"), (["--balance", ""], "--balance is US dollars"),
    (["--deprecated", "chrmoa"], "no model \"chrmoa\""), (["--deprecated", "chroma=turbo"], "no model \"turbo\""),
    (["--deprecated", "chroma="], "chroma="), (["--deprecated", "a=b=c"], "a=b=c"),
    (["--deprecated", "chroma", "--deprecated", "chroma=z-image-turbo"], "names chroma more than once"),
  ])
  func whatCannotBeMeantIsRefused(_ arguments: [String], _ says: String) async throws {
    let run = try await Command.run(["sandbox"] + arguments)
    #expect(run.status == 2)
    #expect(run.notes.contains(says), "\(run.notes)")
  }
}
