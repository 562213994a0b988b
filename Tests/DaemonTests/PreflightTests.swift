import Catalogue
import Codecs
import Documents
import Foundation
import Ledger
import Money
import Raster
import Requests
import Testing
import Workers

@testable import Daemon

/// What a request will call and cost, before anything is sent.
@Suite struct PreflightTests {
  private static let models = """
    [
      {"id": "tiered", "type": "image", "model_spec": {
        "pricing": {"resolutions": {"1K": {"usd": 0.02}, "4K": {"usd": 0.05}}}, "constraints": {"promptCharacterLimit": 9}}},
      {"id": "plain", "type": "image", "model_spec": {
        "pricing": {"generation": {"usd": 0.01}}, "traits": ["default"], "constraints": {"widthHeightDivisor": 8}}},
      {"id": "editor", "type": "inpaint", "model_spec": {
        "pricing": {"inpaint": {"usd": 0.04}}, "constraints": {"promptCharacterLimit": 9}}},
      {"id": "upscaler", "type": "upscale", "model_spec": {
        "pricing": {"upscale": {"2x": {"usd": 0.02}, "4x": {"usd": 0.08}}}}}
    ]
    """

  private func preflight(_ text: String, size: Size? = nil) throws -> Preflight {
    let pipelines = PipelineCatalog([try PipelineReader.read(Array(Workshop.plain.utf8), file: "default.yaml")])
    let request = try RequestReader(pipelines: pipelines).read(Array(text.utf8), path: "canal.json")
    guard case .array(let models) = try DocumentReader.json(Array(Self.models.utf8)).value else {
      return try #require(nil)
    }
    let objects = models.compactMap { model -> JSONObject? in
      if case .object(let object) = model { object } else { nil }
    }
    let workers = try WorkerPool(limits: Limits(), kept: 1)
    return try Preflight(
      request, catalogue: Catalogue(models: objects, styles: nil, fetched: 0), assumptions: PriceAssumptions(),
      fitsInput: false,
      picture: { path in
        guard let size else { return .awaited }
        return NamedPicture(Workshop.picture(width: size.width, height: size.height), path: path, workers: workers)
      })
  }

  private func usd(_ microdollars: Int64) -> USD { USD(microdollars: microdollars) }

  @Test func aPartThatNoPictureOfTheSizeHasIsRefusedBeforeItIsPaidFor() throws {
    let asked = try preflight(#"{"generate": {"model": "plain", "prompt": "x", "width": 640, "height": 480}}"#)
    func pipeline(_ steps: String) throws -> Pipeline {
      try PipelineReader.read(Array("outputs: [{ file: a.png, \(steps) }]".utf8), file: "p.yaml")
    }
    try asked.check(pipeline("crop: { x: 40, y: 0, width: 600, height: 480 }"), limits: Limits())
    // What is left of it nobody knows yet.
    try asked.check(pipeline("trim: true, crop: { x: 41, y: 0, width: 600, height: 480 }"), limits: Limits())
    let report = #expect(throws: ErrorReport.self) {
      try asked.check(pipeline("crop: { x: 41, y: 0, width: 600, height: 480 }"), limits: Limits())
    }
    #expect(report?.error.contains("of a picture that is 640x480") == true)
    #expect(report?.next.hasPrefix("Nothing was sent.") == true)
    // 640 and 480 with 2 x 9000 more: within a PNG's sides, beyond the pixels.
    for pad in ["pad: 9000", "trim: true, pad: 9000"] {
      let tooLarge = #expect(throws: ErrorReport.self) { try asked.check(pipeline(pad), limits: Limits()) }
      #expect(tooLarge?.error.contains("limits.pixels") == true)
    }
    try asked.check(pipeline("pad: 4000"), limits: Limits(pixels: 8640 * 8480))
  }

  // Each step is called for each picture of the one before, and each call may cost its worst.
  @Test func aChainCostsItsStepsTimesThePicturesBefore() throws {
    let chain = try preflight(
      #"""
      {"generate": {"model": "tiered", "prompt": "x", "variants": 3},
        "then": [{"edit": {"prompt": "y", "model": "editor"}}, {"upscale": {"scale": 2}}]}
      """#)
    #expect(chain.steps.map(\.calls) == [1, 3, 3])
    #expect(chain.steps.map(\.pictures) == [3, 3, 3])
    #expect(chain.calls == 7)
    #expect(chain.expected == usd(60_000 + 120_000 + 60_000))
    #expect(chain.worst == usd(150_000 + 120_000 + 60_000))
    #expect(throws: ErrorReport.self) { try chain.check(Budget(perJob: usd(329_999))) }
    #expect(throws: ErrorReport.self) { try chain.check(Budget(perDay: usd(149_999))) }
    #expect(throws: Never.self) { try chain.check(Budget(perJob: usd(330_000), perDay: usd(150_000))) }
  }

  // 4 is reduced to 2 for a picture of more than 1,048,576 pixels: its size is that of the step before.
  @Test func anEnlargementIsPricedByThePictureThatItWorksOn() throws {
    let twice = try preflight(
      #"{"source": "photo.png", "then": [{"upscale": {"scale": 2}}, {"upscale": {"scale": 4}}]}"#,
      size: Size(width: 600, height: 600))
    #expect(twice.steps.map(\.expected) == [usd(20_000), usd(20_000)])
    #expect(twice.steps.map(\.size?.width) == [1200, nil])
    let once = try preflight(
      #"{"source": "photo.png", "then": [{"upscale": {"scale": 4}}]}"#, size: Size(width: 600, height: 600))
    #expect(once.steps.map(\.expected) == [usd(80_000)])
  }

  // A step of `then` is held against the catalogue as the first is, and named by its own number.
  @Test(
    arguments: [
      (#"{"generate": {"model": "plain", "prompt": "0123456789", "width": 100}}"#, "generate.width"),
      (
        #"{"generate": {"model": "plain", "prompt": "x"}, "then": [{"edit": {"prompt": "0123456789", "model": "editor"}}]}"#,
        "then.0.edit.prompt"
      ),
      (
        #"{"source": "p.png", "then": [{"upscale": {}}, {"edit": {"prompt": "0123456789", "model": "editor"}}]}"#,
        "then.1.edit.prompt"
      ),
    ])
  func whatAStepsModelCannotDoIsRefusedWithItsField(_ text: String, _ field: String) throws {
    let report = #expect(throws: ErrorReport.self) { try preflight(text) }
    #expect(report?.field == field)
  }

  // What the request and what the catalogue has to say; one line each.
  @Test func warningsOfTheRequestAndOfTheCatalogueAreTold() throws {
    let told = try preflight(
      #"{"generate": {"model": "plein", "prompt": "x", "width": 256, "aspect_ratio": "1:1"}}"#)
    #expect(told.warnings.contains { $0.contains("'plein'") && $0.contains("'plain'") })
    #expect(told.warnings.contains { $0.contains("aspect_ratio") && $0.contains("width") })
    #expect(told.warnings.count == Set(told.warnings).count)
  }

  // The model whose turn it is, and which is paused, is the one that is called, also where the request names a trait.
  @Test func aTraitIsResolvedToItsModel() throws {
    let step = try preflight(#"{"generate": {"model": "default", "prompt": "x"}}"#).steps
    #expect(step.map(\.model) == ["plain"])
    #expect(try preflight(#"{"source": "p.png", "then": [{"upscale": {}}]}"#).steps.map(\.model) == ["upscaler"])
  }
}
