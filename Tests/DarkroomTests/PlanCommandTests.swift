import Foundation
import Testing

/// `darkroom plan`: what requests would call, cost and make, without a call and without a trace.
@Suite(.timeLimit(.minutes(3))) struct PlanCommandTests {
  private static let bodies = Judge.tests.appending(path: "Venice/bodies")
  private static let models = Judge.tests.deletingLastPathComponent().appending(path: "Sources/Catalogue/models.json")
  private static let pipelines = [
    "default": Site.plainPipeline,
    "cut": "request: { background-remove: {} }\naccepts-images: true\noutputs: [{ file: '{name}.png' }]\n",
    "web": "outputs: [{ file: '{name}-{width}.jpg', resize: { width: [64, 32] } }]\n",
  ]

  /// A site whose API nobody may call.
  private func site(_ api: DeafPort, settings: String = "") async throws -> Site {
    try await Site(pipelines: Self.pipelines, settings: settings, baseURL: "http://127.0.0.1:\(api.number)/api/v1")
  }

  private func canal(_ more: String = "", model: String = "venice-sd35") -> String {
    #"{"model": "\#(model)", "prompt": "A canal", "width": 256, "height": 256\#(more)}"#
  }

  /// Page by page as printed, and those that are refused as printed once more as they can be sent: without the field
  /// that no model takes any more, with a picture in place of an elided one.
  private func dropPages(_ site: Site) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.bodies.path()).filter { $0.hasSuffix(".json") }
    #expect(names.count == 27)
    for name in names {
      let data = try Data(contentsOf: Self.bodies.appending(path: name))
      try site.drop(Array(data), as: name)
      guard VenicePagesTests.refused[name] != nil else { continue }
      var body = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
      body["inpaint"] = nil
      if body["image"] != nil { body["image"] = "photos/harbour.jpg" }
      try site.drop(Array(try JSONSerialization.data(withJSONObject: body)), as: "sent-\(name)")
    }
    try site.drop(LocalCommandTests.photoBytes(), as: "photos/harbour.jpg")
  }

  @Test func everyBodyOfThePagesHasThePriceThatPythonComesTo() async throws {
    let api = try DeafPort()
    let site = try await site(api)
    try dropPages(site)
    let before = site.inventory()
    let json = try await site.run("plan", "--json", "\(site.folder)/inbox")
    let text = try await site.run("plan", "\(site.folder)/inbox")
    #expect(site.inventory() == before, "nothing is written")
    #expect(!api.wasCalled, "nothing is sent")
    #expect([json.status, text.status] == [1, 1], "four bodies are refused\n\(json.notes)")
    let refused = try documents(json.output).filter { $0["refused"] != nil }.compactMap { $0["request"] as? String }
    #expect(refused.sorted() == VenicePagesTests.refused.keys.sorted())

    let verdict = try await verdict(site, json: json, text: text)
    #expect(verdict == "", "\(verdict)")
  }

  private func verdict(_ site: Site, json: Command.Ended, text: Command.Ended) async throws -> String {
    for (name, ended) in [("plan.jsonl", json), ("plan.txt", text)] {
      try Data(ended.output.utf8).write(to: URL(filePath: "\(site.folder)/\(name)"))
    }
    return try await Judge.verdict(
      "plan_prices.py", Self.models.path(), "\(site.folder)/inbox", "\(site.folder)/plan.jsonl",
      "\(site.folder)/plan.txt")
  }

  /// Without a tier or a quality the worst price is more than the expected one; in brackets in the text.
  @Test func everyModelHasThePriceThatPythonComesTo() async throws {
    let site = try await site(try DeafPort(), settings: "budget: { per-job-usd: none, per-day-usd: none }")
    let listed = try JSONSerialization.jsonObject(with: Data(contentsOf: Self.models)) as? [[String: Any]]
    for model in try #require(listed) {
      let id = try #require(model["id"] as? String)
      switch model["type"] as? String {
      case "image":
        try site.drop(#"{"model": "\#(id)", "prompt": "p"}"#, as: "\(id).json")
        let more = #""variants": 3, "quality": "low", "enhance_prompt": true"#
        try site.drop(#"{"model": "\#(id)", "prompt": "p", \#(more)}"#, as: "\(id)-low.json")
      case "inpaint":
        try site.drop(#"{"model": "\#(id)", "image": "https://example.com/a.png", "prompt": "p"}"#, as: "\(id).json")
      default: break
      }
    }
    let json = try await site.run("plan", "--json", "\(site.folder)/inbox")
    let text = try await site.run("plan", "\(site.folder)/inbox")
    #expect([json.status, text.status] == [0, 0], "\(text.output)")
    #expect(try documents(json.output).count == 38 * 2 + 21 + 1)
    let verdict = try await verdict(site, json: json, text: text)
    #expect(verdict == "", "\(verdict)")
    #expect(text.output.contains("generate gpt-image-2: 1 call, 0.27 USD (at most 0.84)"))
  }

  @Test func afterARunNothingIsWrittenOrChargedEither() async throws {
    let site = try await Site(pipelines: Self.pipelines)
    try site.drop(canal(), as: "first.json")
    #expect(try await site.run("run", "--once").status == 0)
    try site.drop(canal(), as: "second.json")
    try site.drop(LocalCommandTests.photoBytes(), as: "cut/harbour.jpg")
    let before = site.inventory()
    let plan = try await site.run("plan", "\(site.folder)/inbox")
    #expect(plan.status == 0, "\(plan.notes)")
    #expect(site.inventory() == before)
    #expect(try site.charges() == 1)
    #expect(plan.notes.contains("prices: fetched "))
  }

  @Test func aBatchIsPlannedLineByLine() async throws {
    let api = try DeafPort()
    let site = try await site(api)
    let lines = [canal(), #"{"generate": {"model": "chroma", "promt": "A canal"}}"#, canal(#", "variants": 3"#)]
    try site.drop(lines.joined(separator: "\n"), as: "canals.jsonl")
    let plan = try await site.run("plan", "--json", "\(site.folder)/inbox/canals.jsonl")
    #expect(plan.status == 1)
    let found = try documents(plan.output)
    #expect(
      found.map { $0["request"] as? String } == ["canals-0001.json", "canals-0002.json", "canals-0003.json", nil])
    #expect(plan.output.contains(#""usd":0.03,"at-most-usd":0.03,"outputs""#))
    #expect(
      plan.output.hasSuffix(
        #"{"total":{"requests":3,"refused":1,"calls":2,"usd":0.04,"at-most-usd":0.04}}"# + "\n"))
    #expect((found[1]["refused"] as? [String: Any])?["field"] as? String == "generate.promt")
  }

  @Test func aRefusalNamesLineAndFieldInBothForms() async throws {
    let api = try DeafPort()
    let site = try await site(api)
    try site.drop("generate:\n  model: venice-sd35\n  prompt: A canal\n  width: 250\n", as: "odd.yaml")
    let text = try await site.run("plan", "\(site.folder)/inbox/odd.yaml")
    #expect(text.status == 1)
    #expect(text.output.hasPrefix("odd.yaml\n  refused: line 4, column 10: "))
    #expect(text.output.contains("width"))
    #expect(text.output.hasSuffix("total: 1 request, 1 of them refused, 0 calls, 0.00 USD\n"))
    let json = try await site.run("plan", "--json", "\(site.folder)/inbox/odd.yaml")
    let refused = try #require(try documents(json.output).first?["refused"] as? [String: Any])
    #expect(refused["line"] as? Int == 4)
    #expect(refused["field"] as? String == "generate.width")
    #expect((refused["error"] as? String)?.contains("16") == true)
    #expect((refused["next"] as? String)?.isEmpty == false)
  }

  @Test func anUnknownModelCountsAsTheSettingSays() async throws {
    let api = try DeafPort()
    let site = try await site(api, settings: "budget: { unknown-model-usd: 0.370001 }")
    try site.drop(canal(#", "variants": 2"#, model: "venice-sd36"), as: "canal.json")
    let text = try await site.run("plan", "\(site.folder)/inbox")
    #expect(text.status == 0, "\(text.notes)")
    #expect(text.output.contains("1 call, 0.740002 USD, price not known: counted as budget.unknown-model-usd\n"))
    #expect(text.output.contains("warning: the catalogue has no model 'venice-sd36'"))
    let json = try await site.run("plan", "--json", "\(site.folder)/inbox")
    #expect(json.output.contains(#""usd":0.740002,"at-most-usd":0.740002,"price-known":false"#))
  }

  /// One edit for each of two pictures, then one removal for each: 0.01 x 2 + 0.04 x 2 + 0.03 x 2.
  @Test func aChainCountsEachCallAndNamesTheOutputs() async throws {
    let api = try DeafPort()
    let site = try await site(api)
    let then = #"[{"edit": {"prompt": "Dusk"}}, {"background-remove": {}}]"#
    try site.drop(
      #"{"output": "towns", "generate": \#(canal(#", "variants": 2"#)), "then": \#(then)}"#, as: "web/canal.json")
    let plan = try await site.run("plan", "\(site.folder)/inbox")
    #expect(plan.status == 0, "\(plan.notes)")
    #expect(plan.output.hasPrefix("web/canal.json -> towns/canal/ (pipeline web)\n"))
    for line in [
      "  generate venice-sd35: 1 call, 0.02 USD\n", "  edit firered-image-edit: 2 calls, 0.08 USD\n",
      "  background-remove bria-bg-remover: 2 calls, 0.06 USD\n",
      // How large an edit becomes nobody knows before: names have no widths yet, and are told apart by what is asked for.
      "  canal-{width}-1.jpg, resized to a width of 64\n  canal-{width}-1.jpg, resized to a width of 32\n"
        + "  canal-{width}-2.jpg, resized to a width of 64\n  canal-{width}-2.jpg, resized to a width of 32\n",
    ] { #expect(plan.output.contains(line), "\(plan.output)") }
    #expect(plan.output.hasSuffix("total: 1 request, 5 calls, 0.16 USD\n"))
    let json = try await site.run("plan", "--json", "\(site.folder)/inbox")
    let outputs = try documents(json.output).first?["outputs"] as? [[String: Any]]
    #expect(
      outputs?.map { $0["file"] as? String } == [
        "canal-{width}-1.jpg", "canal-{width}-1.jpg", "canal-{width}-2.jpg", "canal-{width}-2.jpg",
      ])
  }

  /// Images in a hot folder are requests; the same images elsewhere are material.
  @Test func aFolderIsPlannedAsAnInboxWhereverItLies() async throws {
    let api = try DeafPort()
    let site = try await site(api)
    let folder = "\(site.folder)/elsewhere"
    for path in ["cut/harbour.jpg", "photos/harbour.jpg"] {
      try FileManager.default.createDirectory(
        at: URL(filePath: "\(folder)/\(path)").deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(LocalCommandTests.photoBytes()).write(to: URL(filePath: "\(folder)/\(path)"))
    }
    let plan = try await site.run("plan", folder)
    #expect(plan.status == 0, "\(plan.notes)")
    #expect(
      plan.output == """
        cut/harbour.jpg -> cut/harbour/ (pipeline cut)
          background-remove bria-bg-remover: 1 call, 0.03 USD
          harbour.png 512x512
        total: 1 request, 1 call, 0.03 USD

        """)
  }

  @Test func aBudgetThatCannotHoldIsSaid() async throws {
    let api = try DeafPort()
    let site = try await site(api, settings: "budget: { per-job-usd: 0.039999, per-day-usd: 0.05 }")
    try site.drop(canal(#", "variants": 4"#), as: "a.json")
    try site.drop(canal(#", "variants": 3"#), as: "b.json")
    try site.drop(canal(#", "variants": 3"#), as: "c.json")
    let plan = try await site.run("plan", "\(site.folder)/inbox")
    #expect(plan.status == 1)
    #expect(plan.output.contains("may cost up to 0.04 USD in 1 call; budget.per-job-usd allows 0.039999 USD"))
    #expect(
      plan.output.hasSuffix(
        "2 calls, 0.06 USD; more than budget.per-day-usd (0.05 USD), so that some would wait for another day\n"))
  }

  @Test func pricesAreThoseThatTheDaemonFetchedLastFromThisAPI() async throws {
    let site = try await Site()
    #expect(try await site.run("run", "--once").status == 0)
    try site.drop(canal(), as: "canal.json")
    let cache = "\(site.folder)/spool/catalogue.json"
    let fetched = String(decoding: try site.contents("spool/catalogue.json"), as: UTF8.self)
    let dearer = fetched.replacing(#""generation":{"diem":0.01,"usd":0.01}"#, with: #""generation":{"usd":0.019999}"#)
    #expect(dearer != fetched)
    try Data(dearer.utf8).write(to: URL(filePath: cache))
    let plan = try await site.run("plan", "\(site.folder)/inbox")
    #expect(plan.output.hasSuffix("total: 1 request, 1 call, 0.019999 USD\n"), "\(plan.output)")
    // Of another API: as if nothing had been fetched.
    try Data(dearer.replacing(site.baseURL, with: "http://127.0.0.1:1/api/v1").utf8).write(to: URL(filePath: cache))
    let other = try await site.run("plan", "\(site.folder)/inbox")
    #expect(other.output.hasSuffix("total: 1 request, 1 call, 0.01 USD\n"))
    #expect(other.notes.contains("nothing was fetched yet"))
  }

  @Test func whatIsNoRequestIsAWrongCall() async throws {
    let api = try DeafPort()
    let site = try await site(api)
    try site.drop("notes", as: "notes.txt")
    for (path, says) in [("notes.txt", "is no request"), ("missing.json", "does not exist")] {
      let plan = try await site.run("plan", "\(site.folder)/inbox/\(path)")
      #expect(plan.status == 2)
      #expect(plan.notes.contains(says))
    }
    let plan = try await site.run("plan", "--pipeline", "wbe", "\(site.folder)/inbox")
    #expect(plan.status == 2)
    #expect(plan.notes.contains(#"there is no pipeline "wbe"; there are cut, default, web"#))
  }
}
