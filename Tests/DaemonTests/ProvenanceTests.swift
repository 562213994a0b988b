import Foundation
import Ledger
import Processing
import Requests
import Testing

@testable import Daemon
@testable import Metadata

/// What published files say of where they come from, as a whole job writes it.
@Suite(.timeLimit(.minutes(3))) struct ProvenanceTests {
  private static let full = "outputs: [{ file: \"{name}-{variant}.png\", metadata: full }]\n"

  private func settings(_ pipeline: String) -> Workshop.Settings {
    var settings = Workshop.Settings()
    settings.pipelines = ["default": pipeline]
    return settings
  }

  private func fields(_ path: String, _ workshop: Workshop) throws -> XMPFields {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(workshop.folder)/\(path)")))
    let packet = try #require(try Container.read(bytes.span).xmp)
    return try #require(XMP.fields(of: packet))
  }

  private func outputs(_ manifest: [String: Any]) throws -> [[String: Any]] {
    try #require(manifest["outputs"] as? [[String: Any]])
  }

  @Test func everyVariantDerivesFromItsOwnOriginal() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal", more: #", "variants": 3"#), as: "canal.json")
    #expect(try await workshop.drain(settings(Self.full)).report == DaemonService.Report(published: 1))
    let manifest = try workshop.json("output/canal/manifest.json")
    let call = try #require((manifest["calls"] as? [[String: Any]])?.first)
    let originals = try #require(call["originals"] as? [[String: Any]]).map { original in
      "sha256:\(original["sha256"] as? String ?? "")"
    }
    let told = try (1...3).map { try fields("output/canal/canal-\($0).png", workshop) }
    #expect(told.map(\.derivedFrom) == originals)
    #expect(Set(originals).count == 3)
    #expect(Set(told.map(\.documentID)).count == 3)
    #expect(Set(told.map(\.instanceID)).count == 3)
  }

  @Test func everyModelOfAChainIsNamedAndThePromptsOfAll() async throws {
    let workshop = try Workshop()
    try workshop.drop(
      #"""
      {"generate": {"model": "venice-sd35", "prompt": "A canal", "width": 256, "height": 256},
       "then": [{"edit": {"prompt": "At night"}}], "metadata": {"prompt-writer": "Bo", "artist": "Ada"}}
      """#, as: "canal.json")
    #expect(try await workshop.drain(settings(Self.full)).report == DaemonService.Report(published: 1))
    let calls = try #require(try workshop.json("output/canal/manifest.json")["calls"] as? [[String: Any]])
    let models = try calls.map { call in
      try #require((call["headers"] as? [String: Any])?["x-venice-model-id"] as? String ?? call["model"] as? String)
    }
    try #require(models.count == 2 && models[0] != models[1])
    let told = try fields("output/canal/canal-1.png", workshop)
    // The request does not name the second.
    #expect(told.aiSystem == "Venice.ai \(models[0]), \(models[1])")
    #expect(told.prompt == "A canal\nAt night")
    #expect(told.promptWriter == "Bo")
    #expect(told.creators == ["Ada"])
    #expect(told.digitalSourceType?.hasSuffix("/trainedAlgorithmicMedia") == true)
  }

  @Test func theModelOfARequestThatNamesNoneIsItsCalls() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.picture(width: 300, height: 300), as: "photo.png")
    try workshop.drop(#"{"edit": {"prompt": "At night", "image": "photo.png"}}"#, as: "canal.json")
    #expect(try await workshop.drain().report == DaemonService.Report(published: 1))
    let call = try #require((try workshop.json("output/canal/manifest.json")["calls"] as? [[String: Any]])?.first)
    let model = try #require((call["headers"] as? [String: Any])?["x-venice-model-id"] as? String)
    #expect(try fields("output/canal/canal.png", workshop).aiSystem == "Venice.ai \(model)")
  }

  @Test func theServicesVersionIsToldWhereItsAnswersTellIt() throws {
    let pipelines = PipelineCatalog([try PipelineReader.read(Array(Workshop.plain.utf8), file: "default.yaml")])
    let request = try RequestReader(pipelines: pipelines).read(
      Array(#"{"generate": {"model": "m", "prompt": "A canal"}}"#.utf8), path: "canal.json")
    let operation = try #require(request.operation)
    var provenance = Provenance(of: [operation], models: ["m"], created: "")
    let work = AcceptedWork(
      operations: [AcceptedOperation(operation, model: "m", answerPixels: nil, pictures: [])], localOriginal: nil,
      localInput: nil, requestPicture: nil, recipe: Recipe(outputs: []),
      facts: JobFacts(request, input: nil, job: "1", received: Timestamp(microseconds: 0)), retriesUnknown: false,
      fitsInput: false, warnings: [], after: [])
    provenance.name(
      heads: [["x-venice-model-id": "m-2", "x-venice-version": "20260801.1"]], of: work)
    #expect(provenance.system == "Venice.ai m-2")
    #expect(provenance.systemVersion == "20260801.1")
    #expect(provenance.parameters.last == Provenance.Parameter(name: "model", value: "m-2"))
    provenance.name(heads: [["x-venice-model-id": String(repeating: "m", count: 500)]], of: work)
    #expect(provenance.system == "Venice.ai m")
    #expect(provenance.systemVersion == nil)
  }

  @Test func somebodysPictureInALaterStepMakesAComposite() throws {
    let pipelines = PipelineCatalog([try PipelineReader.read(Array(Workshop.plain.utf8), file: "default.yaml")])
    func source(_ then: String) throws -> Provenance.Source {
      let text = #"{"generate": {"model": "m", "prompt": "A canal"}, "then": [\#(then)]}"#
      let request = try RequestReader(pipelines: pipelines).read(Array(text.utf8), path: "canal.json")
      return JobFacts(request, input: nil, job: "1", received: Timestamp(microseconds: 0)).provenance.source
    }
    #expect(try source(#"{"edit": {"prompt": "At night"}}"#) == .trainedAlgorithmicMedia)
    #expect(
      try source(#"{"multi-edit": {"prompt": "With her", "images": ["photo.png"]}}"#)
        == .compositeWithTrainedAlgorithmicMedia)
  }

  @Test func theManifestSaysWhatBecameOfACredential() async throws {
    let workshop = try Workshop()
    let pipeline = """
      outputs:
        - { file: same.png, metadata: keep }
        - { file: small.png, metadata: keep, resize: { width: 10 } }
        - { file: full.png, metadata: full }
      """
    // A manifest store is a box whose description says that it is one (ISO 19566-5).
    let kind: [UInt8] = Array("c2pa".utf8) + [0, 0x11, 0, 0x10, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
    let description: [UInt8] = [0, 0, 0, 30] + Array("jumd".utf8) + kind + [3] + Array("c2pa\0".utf8)
    var store: [UInt8] = []
    PNGChunks.append("caBX", [0, 0, 0, 38] + Array("jumb".utf8) + description, to: &store)
    var signed = Workshop.picture(width: 30, height: 20)
    // Behind IHDR.
    signed.insert(contentsOf: store, at: 33)
    try workshop.drop(signed, as: "photo.png")
    try workshop.drop(#"{"source": "photo.png"}"#, as: "job.json")
    #expect(try await workshop.drain(settings(pipeline)).report == DaemonService.Report(published: 1))
    let manifest = try workshop.json("output/job/manifest.json")
    #expect(try outputs(manifest).map { $0["credential"] as? String } == ["kept", "dropped", "dropped"])
    let warnings = try #require(manifest["warnings"] as? [String])
    #expect(warnings.filter { $0.contains("C2PA") }.count == 1)
    let hash = try #require((manifest["source"] as? [String: Any])?["sha256"] as? String)
    let same = [UInt8](try Data(contentsOf: URL(filePath: "\(workshop.folder)/output/job/same.png")))
    #expect(same == signed)
    for name in ["small", "full"] {
      #expect(try fields("output/job/\(name).png", workshop).derivedFrom == "sha256:\(hash)")
    }
  }

  @Test func aPictureWithoutACredentialHasNoRecordOfOne() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.request("A canal"), as: "canal.json")
    #expect(try await workshop.drain().report == DaemonService.Report(published: 1))
    let made = try outputs(try workshop.json("output/canal/manifest.json"))
    #expect(made.allSatisfy { $0["credential"] == nil })
  }
}
