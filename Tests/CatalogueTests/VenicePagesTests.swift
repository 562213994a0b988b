import Catalogue
import Documents
import Foundation
import ImageAPI
import Money
import Testing

/// Every body that the vendor's pages print, checked and priced by the bundled snapshot: what the notes' table says becomes
/// of it, and what it costs. `Tests/Venice/bodies/ORIGIN.md` names the pages.
@Suite struct VenicePagesTests {
  struct Body: Sendable, CustomTestStringConvertible {
    let name: String
    let endpoint: Endpoint
    let expected: String
    let worst: String
    var isKnown = true
    var warnings: [String] = []

    init(
      _ name: String, _ expected: String, on endpoint: Endpoint = .generate, worst: String? = nil, known: Bool = true,
      warnings: [String] = []
    ) {
      self.name = name
      self.endpoint = endpoint
      self.expected = expected
      self.worst = worst ?? expected
      isKnown = known
      self.warnings = warnings
    }

    var testDescription: String { name }
  }

  static let bodies = [
    // Page 000 (reference of /image/generate, German).
    Body(
      "000-01-grok-imagine-image", "0.09",
      warnings: [
        "sizing idioms are mixed (width, height, aspect_ratio, resolution): a model follows one of them",
        "grok-imagine-image ignores 'quality'",
      ]),
    Body("000-02-gpt-image-2", "0.84"), Body("000-03-nano-banana-pro", "0.23"), Body("000-04-qwen-image-2", "0.05"),
    Body("000-05-venice-sd35", "0.01"), Body("000-06-gpt-image-2", "0.13"),
    // Page 001 (an older reference).
    Body(
      "001-01-fluently-xl", "1.00", known: false, warnings: ["the catalogue has no model 'fluently-xl'"]),
    // Page 002 (a skill for image generation).
    Body("002-01-z-image-turbo", "0.01"), Body("002-02-z-image-turbo", "0.04"), Body("002-03-nano-banana-2", "0.14"),
    Body("002-04-z-image-turbo", "0.01"), Body("002-05-z-image-turbo", "0.01", on: .generations),
    Body("002-06-z-image-turbo", "0.01"),
    // Page 003 (guide to image generation, Korean).
    Body("003-01-venice-sd35", "0.01"), Body("003-02-qwen-image-2", "0.05"), Body("003-03-gpt-image-2", "0.84"),
    Body("003-04-nano-banana-pro", "0.23"), Body("003-05-qwen-image-2", "0.05"), Body("003-06-qwen-image-2", "0.05"),
    Body("003-07-qwen-image-2", "0.05"), Body("003-08-gpt-image-2", "0.84"), Body("003-09-nano-banana-2", "0.14"),
    Body("003-10-qwen-image-2", "0.05"), Body("003-11-qwen-image-2", "0.05", on: .generations),
    Body("003-12-venice-sd35", "0.01"),
    // Page 004 (reference of /image/edit, German); "$0.04 for each edit" by the default model.
    Body("004-01-default-model", "0.04", on: .edit),
    Body(
      "004-02-gpt-image-2-edit", "0.14", on: .edit,
      warnings: ["'quality' is sent although the vendor's schema does not list it: the page of /image/edit allows it"]),
  ]

  private static let folder = Fixtures.tests.appending(path: "Venice/bodies")

  /// As the notes' table has them sent: without `inpaint`, with a picture in place of an elided one.
  private func operation(_ body: Body) throws -> ImageAPI.Operation {
    let bytes = Array(try Data(contentsOf: Self.folder.appending(path: "\(body.name).json")))
    var object = try Fixtures.object(String(decoding: bytes, as: UTF8.self))
    object["inpaint"] = nil
    guard body.endpoint == .edit else { return try ImageAPI.Operation(endpoint: body.endpoint, body: object) }
    object["image"] = nil
    return try ImageAPI.Operation(
      endpoint: .edit, body: object, files: [FileField(path: ["image"], source: .inbox("canal.png"))])
  }

  @Test(arguments: bodies) func eachBodyIsSentAtItsPrice(body: Body) throws {
    let operation = try operation(body)
    let warnings =
      operation.warnings.map(\.description) + (try Catalogue.bundled.warnings(operation)).map(\.description)
    #expect(warnings == body.warnings)
    let estimate = Catalogue.bundled.estimate(operation, inputPixels: nil, assumptions: PriceAssumptions())
    #expect("\(estimate.expected)" == body.expected)
    #expect("\(estimate.worst)" == body.worst)
    #expect(estimate.isKnown == body.isKnown)
  }

  @Test func noBodyIsLeftOut() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(files.filter { $0.hasSuffix(".json") }.sorted() == Self.bodies.map { "\($0.name).json" })
  }
}
