import Foundation
import Ledger
import Sandbox
import Testing

@testable import Daemon

/// Requests against the catalogue, before any money is spent.
@Suite(.timeLimit(.minutes(3))) struct CatalogueTests {
  @Test(
    arguments: [
      (#"{"generate": {"model": "venice-sd35", "prompt": "x", "width": 1000}}"#, "generate.width", "16"),
      (
        #"{"generate": {"model": "venice-sd35", "prompt": "x", "aspect_ratio": "16:9"}}"#, "generate.aspect_ratio",
        "width"
      ),
      (#"{"generate": {"model": "qwen-image-2", "prompt": "x", "width": 1024}}"#, "generate.width", "aspect_ratio"),
      (#"{"generate": {"model": "nano-banana-pro", "prompt": "x", "resolution": "8K"}}"#, "generate.resolution", "4K"),
      (#"{"generate": {"model": "firered-image-edit", "prompt": "x"}}"#, "generate.model", "edit"),
      (#"{"model": "z-image-turbo", "prompt": "x", "width": 1001}"#, "generate.width", "8"),
    ])
  func whatAModelCannotDoIsRefusedBeforeTheCall(_ request: String, _ field: String, _ word: String) async throws {
    let workshop = try Workshop()
    try workshop.drop(request, as: "canal.json")
    let run = try await workshop.drain()
    #expect(run.report == DaemonService.Report(failed: 1))
    #expect(try workshop.charges().isEmpty)
    let report = try workshop.json("failed/canal.json.error.json")
    #expect(report["field"] as? String == field)
    #expect((report["error"] as? String)?.contains(word) == true)
    #expect(report["line"] as? Int == 1)
    #expect(report["stage"] as? String == "request")
  }

  @Test func whatMayBeRightIsSentWithAWarning() async throws {
    let workshop = try Workshop()
    let request =
      #"{"generate": {"model": "venice-sd35", "prompt": "x", "width": 256, "height": 256, "quality": "high"}}"#
    try workshop.drop(request, as: "canal.json")
    #expect(try await workshop.drain().report == DaemonService.Report(published: 1))
    let warnings = try #require(try workshop.json("output/canal/manifest.json")["warnings"] as? [String])
    #expect(warnings.contains { $0.contains("quality") && $0.contains("venice-sd35") })
  }

  // The catalogue is fetched once, and kept for the next start and for when nobody answers.
  @Test func theCatalogueIsFetchedOnceAndKept() async throws {
    let workshop = try Workshop()
    let first = try await workshop.drain()
    #expect(first.events.contains { if case .catalogueFetched = $0 { true } else { false } })
    #expect(CatalogueSource.cached(spool: "\(workshop.folder)/spool", baseURL: "http://elsewhere/api") == nil)
    let kept = try workshop.json("spool/catalogue.json")
    #expect((kept["models"] as? [Any])?.count == 60)
    try await workshop.withSandbox { port in
      var settings = Workshop.Settings()
      settings.baseURL = "http://127.0.0.1:\(port)/api/v1"
      for expected in [1, 0] {
        let run = try await workshop.drain(settings, port: port)
        let fetches = run.events.count { if case .catalogueFetched = $0 { true } else { false } }
        #expect(fetches == expected)
      }
    }
  }

  // Without the API the bundled snapshot serves: prices are known, constraints are not checked.
  @Test func withoutTheAPIWhatIsKnownStays() async throws {
    let workshop = try Workshop()
    var settings = Workshop.Settings()
    settings.baseURL = "http://127.0.0.1:9/api/v1"
    settings.retry = RetryPolicy(attempts: 2, firstDelay: .seconds(300), longestDelay: .seconds(300))
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    let run = try await workshop.drain(settings, port: 9)
    #expect(run.report == DaemonService.Report(waiting: 1))
    #expect(run.events.contains { if case .catalogueUnavailable = $0 { true } else { false } })
  }

  // An API that is gone takes nothing away of what is known.
  @Test func whatWasFetchedOutlivesTheAPI() async throws {
    let workshop = try Workshop()
    let port = try await workshop.withSandbox { port in
      _ = try await workshop.drain(Workshop.Settings(), port: port)
      return port
    }
    try workshop.drop(
      #"{"generate": {"model": "nano-banana-pro", "prompt": "x", "resolution": "8K"}}"#, as: "canal.json")
    var settings = Workshop.Settings()
    settings.catalogueLifetime = .zero
    try await workshop.serve(settings, port: port) { daemon in
      try await daemon.wait { if case .catalogueUnavailable = $0 { true } else { false } }
      try workshop.drop(
        #"{"generate": {"model": "nano-banana-pro", "prompt": "x", "resolution": "9K"}}"#, as: "later.json")
      try await daemon.takeIn()
    }
    #expect(
      workshop.files(in: "failed") == [
        "canal.json", "canal.json.error.json", "later.json", "later.json.error.json",
      ])
  }

  // The bundled snapshot has prices and no constraints: what nobody knows is not refused.
  @Test func withoutTheAPINothingIsRefusedForConstraintsOfOldTimes() async throws {
    let workshop = try Workshop()
    var settings = Workshop.Settings()
    settings.baseURL = "http://127.0.0.1:9/api/v1"
    settings.retry = RetryPolicy(attempts: 2, firstDelay: .seconds(300), longestDelay: .seconds(300))
    try workshop.drop(
      #"{"generate": {"model": "nano-banana-pro", "prompt": "x", "resolution": "8K"}}"#, as: "canal.json")
    #expect(try await workshop.drain(settings, port: 9).report == DaemonService.Report(waiting: 1))
  }

  @Test func anOldCatalogueIsFetchedAgain() async throws {
    let stub = try StubAPI { _ in nil }
    let workshop = try Workshop()
    var settings = Workshop.Settings()
    for (lifetime, expected) in [(86_400, 1), (86_400, 0), (0, 1)] {
      settings.catalogueLifetime = .seconds(lifetime)
      let before = stub.requests.count { $0.path == "/models?type=image" }
      try workshop.drop(#"{"generate": {"model": "plain", "prompt": "x"}}"#, as: "\(lifetime)-\(expected).json")
      try await workshop.serve(settings, port: stub.port) { daemon in
        if expected > 0 { try await daemon.wait { if case .catalogueFetched = $0 { true } else { false } } }
        try await daemon.wait(untilPublished: 1)
      }
      #expect(stub.requests.count { $0.path == "/models?type=image" } - before >= expected)
      if expected == 0 { #expect(stub.requests.count { $0.path == "/models?type=image" } == before) }
    }
  }

  // Half a catalogue would call every other model unknown.
  @Test(arguments: ["image", "inpaint", "upscale"]) func aCatalogueWithoutOneOfItsPartsIsNone(_ type: String)
    async throws
  {
    let stub = try StubAPI { $0.path == "/models?type=\(type)" ? .refusal(500) : nil }
    let workshop = try Workshop()
    try await workshop.serve(port: stub.port) { daemon in
      try await daemon.wait {
        switch $0 {
        case .catalogueUnavailable, .catalogueFetched: true
        default: false
        }
      }
      #expect(!daemon.events.contains { if case .catalogueFetched = $0 { true } else { false } })
    }
    #expect(!workshop.files(in: "spool").contains("catalogue.json"))
  }

  @Test func anUnknownStyleIsSentWithAWarning() async throws {
    let stub = try StubAPI { _ in nil }
    let workshop = try Workshop()
    for style in ["Anime", "Anima"] {
      try workshop.drop(
        #"{"generate": {"model": "plain", "prompt": "x", "style_preset": "\#(style)"}}"#, as: "\(style).json")
    }
    #expect(try await workshop.drain(port: stub.port).report == DaemonService.Report(published: 2))
    let warnings = try ["Anime", "Anima"].map { name in
      try workshop.json("output/\(name)/manifest.json")["warnings"] as? [String] ?? []
    }
    #expect(warnings[0] == [])
    #expect(warnings[1].contains { $0.contains("Anima") && $0.contains("did you mean 'Anime'") })
  }

  // fit-input: made to fit where the pipeline says so, else refused with the limit named.
  @Test func aPictureBeyondTheLimitsIsRefusedOrMadeToFit() async throws {
    let workshop = try Workshop()
    let large = Workshop.picture(width: 6400, height: 5300)
    try workshop.drop(large, as: "large.png")
    try workshop.drop("edit: { image: large.png, prompt: Night }", as: "plain.yaml")
    #expect(try await workshop.drain().report == DaemonService.Report(failed: 1))
    let report = try workshop.json("failed/plain.yaml.error.json")
    #expect((report["error"] as? String)?.contains("33177600") == true)
    #expect((report["next"] as? String)?.contains("fit-input") == true)
    #expect(try workshop.charges().isEmpty)
    var settings = Workshop.Settings()
    settings.pipelines["default"] = "fit-input: true\n" + Workshop.plain
    try workshop.drop("edit: { image: large.png, prompt: Night }", as: "fitted.yaml")
    #expect(try await workshop.drain(settings).report == DaemonService.Report(published: 1))
    let warnings = try #require(try workshop.json("output/fitted/manifest.json")["warnings"] as? [String])
    #expect(warnings.contains { $0.contains("6400x5300") })
    #expect(try workshop.contents("inbox/large.png") == large)
  }

  @Test func aPictureTooSmallIsRefusedAndNotEnlarged() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.picture(width: 255, height: 256), as: "small.png")
    try workshop.drop("edit: { image: small.png, prompt: Night }", as: "small.yaml")
    var settings = Workshop.Settings()
    settings.pipelines["default"] = "fit-input: true\n" + Workshop.plain
    #expect(try await workshop.drain(settings).report == DaemonService.Report(failed: 1))
    #expect(try workshop.charges().isEmpty)
    #expect(((try workshop.json("failed/small.yaml.error.json"))["error"] as? String)?.contains("65536") == true)
  }
}
