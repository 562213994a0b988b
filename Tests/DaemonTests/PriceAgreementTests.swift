import Catalogue
import Codecs
import Documents
import Foundation
import ImageAPI
import Money
import Raster
import Testing

/// The catalogue's estimates are what the local API charges, to the millionth: two readings of the vendor's list that
/// share no code.
@Suite struct PriceAgreementTests {
  /// A call as both sides get it.
  private struct Case {
    var endpoint: Endpoint
    var body: String
    /// Of the picture to upscale, which is `body`'s `"@"`.
    var picture: (bytes: [UInt8], pixels: Int)?
  }

  /// What the local API charges for a rewritten prompt, and for a search.
  private static let assumptions = PriceAssumptions(extra: USD(microdollars: 10_000))
  private static let url = "https://example.com/a.png"
  private static let qualities = ["", #","quality":"low""#, #","quality":"medium""#, #","quality":"high""#]
  private static let tiers = ["", #","resolution":"1K""#, #","resolution":"2K""#, #","resolution":"4K""#]

  /// As the daemon has it after it asked the local API.
  private static func live() throws -> Catalogue {
    Catalogue(models: try SandboxPrices.models.map(object), styles: nil, fetched: 1_700_000_000)
  }

  private static func object(_ text: String) throws -> JSONObject {
    guard case .object(let object) = try DocumentReader.json(Array(text.utf8)).value else { throw NoObject(text: text) }
    return object
  }

  private struct NoObject: Error { var text: String }

  private static func cases() throws -> [Case] {
    var cases: [Case] = []
    for model in Catalogue.bundled.models {
      let id = model.id
      for tier in tiers {
        for quality in qualities {
          switch model.type {
          case .image:
            for more in ["", ",\"variants\":2", ",\"variants\":3,\"enhance_prompt\":true", ",\"variants\":4"] {
              cases.append(
                Case(endpoint: .generate, body: #"{"model":"\#(id)","prompt":"p"\#(tier)\#(quality)\#(more)}"#))
            }
            let extras = #","enhance_prompt":true,"enable_web_search":true"#
            cases.append(
              Case(endpoint: .generate, body: #"{"model":"\#(id)","prompt":"p"\#(tier)\#(quality)\#(extras)}"#))
          case .inpaint:
            cases.append(
              Case(
                endpoint: .edit, body: #"{"model":"\#(id)","image":"\#(url)","prompt":"p"\#(tier)\#(quality)}"#))
            for count in [1, 2, 3, 4, 14] {
              let images = [String](repeating: "\"\(url)\"", count: count).joined(separator: ",")
              cases.append(
                Case(
                  endpoint: .multiEdit,
                  body: #"{"modelId":"\#(id)","images":[\#(images)],"prompt":"p"\#(tier)\#(quality)}"#))
            }
          default: break
          }
        }
      }
      guard model.type == .image else { continue }
      for quality in qualities {
        cases.append(Case(endpoint: .generations, body: #"{"model":"\#(id)","prompt":"p"\#(quality)}"#))
      }
    }
    cases.append(Case(endpoint: .edit, body: #"{"image":"\#(url)","prompt":"p"}"#))
    cases.append(Case(endpoint: .backgroundRemove, body: #"{"image_url":"\#(url)"}"#))
    for (width, height) in [(256, 256), (1024, 1024), (1024, 1025), (2048, 2048)] {
      let size = Size(width: width, height: height)
      let image = Image(size: size, layout: .gray8, pixels: [UInt8](repeating: 0, count: width * height))
      let bytes = try PNG.encode(image, options: PNG.Options(compression: 1))
      for scale in ["", #","scale":2"#, #","scale":4"#] {
        cases.append(
          Case(endpoint: .upscale, body: #"{"image":"@"\#(scale)}"#, picture: (bytes, pixels: width * height)))
      }
    }
    return cases
  }

  private func operation(_ item: Case) throws -> ImageAPI.Operation {
    var body = try Self.object(item.body)
    guard item.picture != nil else { return try ImageAPI.Operation(endpoint: item.endpoint, body: body) }
    body["image"] = nil
    return try ImageAPI.Operation(
      endpoint: item.endpoint, body: body, files: [FileField(path: ["image"], source: .inbox("canal.png"))])
  }

  @Test func theLocalAPIChargesWhatTheCatalogueExpects() throws {
    let catalogues = [("bundled", Catalogue.bundled), ("live", try Self.live())]
    var charged = Set<String>()
    var differences: [String] = []
    var refused = 0
    for item in try Self.cases() {
      let operation = try operation(item)
      let picture = item.picture.map { Data($0.bytes).base64EncodedString() } ?? ""
      let charge = try #require(
        SandboxPrices.charge(item.endpoint.rawValue, body: item.body.replacing("@", with: picture)))
      guard let price = charge.microdollars else {
        refused += 1
        // What the API refuses, the catalogue that came from it refuses before; but for the Luma models, which only the
        // schema's list for several images lacks.
        if !item.body.contains("luma-uni-1"), (try? catalogues[1].1.check(operation, now: 0)) != nil {
          differences.append("\(item.body): sent, and refused: \(charge.refusal ?? "")")
        }
        continue
      }
      for (name, catalogue) in catalogues {
        if let id = catalogue.model(of: operation)?.id { charged.insert(id) }
        let estimate = catalogue.estimate(
          operation, inputPixels: item.picture?.pixels, assumptions: Self.assumptions)
        if estimate.expected.microdollars != Int64(price) || estimate.worst < estimate.expected || !estimate.isKnown {
          differences.append("\(item.endpoint) \(item.body) by the \(name) one: \(estimate), charged \(price)")
        }
      }
    }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(20).joined(separator: "\n"))")
    #expect(charged.count == 60, "every model of the list")
    #expect(refused > 0)
  }
}
