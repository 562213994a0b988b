import ImageAPI
import Metadata
import Processing
import Raster
import Requests
import Testing

@Suite struct OperationFactsTests {
  private func operation(_ text: String) throws -> ImageAPI.Operation {
    try #require(try Fixtures.read(text, path: "r.yaml").operation)
  }

  @Test(arguments: [
    ("generate: {model: m, prompt: p}", Processing.RequestedSize.unspecified),
    ("generate: {model: m, prompt: p, width: 640, height: 480}", .exact(Size(width: 640, height: 480))),
    ("generate: {model: m, prompt: p, aspect_ratio: 16:9}", .aspectRatio(AspectRatio(width: 16, height: 9))),
    ("generate: {model: m, prompt: p, aspect_ratio: 1:1, width: 640}", .unspecified),
    ("generations: {prompt: p, size: 1536x1024}", .exact(Size(width: 1536, height: 1024))),
    ("generations: {prompt: p, size: auto}", .unspecified),
    ("edit: {prompt: p, image: a.png, aspect_ratio: 3:2}", .aspectRatio(AspectRatio(width: 3, height: 2))),
    ("edit: {prompt: p, image: a.png, aspect_ratio: auto}", .unspecified),
    ("upscale: {image: a.png, scale: 4}", .scaled(Size(width: 100, height: 50), factor: 4)),
    ("upscale: {image: a.png}", .scaled(Size(width: 100, height: 50), factor: 2)),
    ("background-remove: {image: a.png}", .unspecified),
  ])
  func theRequestedSizeIsWhatTheBodySays(text: String, expected: Processing.RequestedSize) throws {
    #expect(try operation(text).requestedSize(of: Size(width: 100, height: 50)) == expected)
  }

  @Test func anUpscaleOfAnUnknownPictureHasNoSize() throws {
    #expect(try operation("upscale: {image: a.png}").requestedSize(of: nil) == .unspecified)
  }

  @Test(arguments: [
    ("generate: {model: m, prompt: p, format: jpeg}", ImageFormat.jpeg), ("generate: {model: m, prompt: p}", nil),
    ("generations: {prompt: p, output_format: webp}", .webp),
    ("edit: {prompt: p, image: a.png, output_format: jpg}", .jpeg),
  ])
  func theRequestedFormatIsWhatTheBodySays(text: String, expected: ImageFormat?) throws {
    #expect(try operation(text).requestedImageFormat == expected)
  }

  @Test func provenanceTellsTheParametersButNeitherPicturesNorThePrompt() throws {
    let operation = try operation(
      "generate: {model: m, prompt: p, seed: 42, cfg_scale: 7.50, safe_mode: false, return_binary: true}")
    #expect(operation.seed == 42)
    #expect(operation.provenanceSource == .trainedAlgorithmicMedia)
    #expect(
      operation.provenanceParameters == [
        Provenance.Parameter(name: "seed", value: "42"), Provenance.Parameter(name: "cfg_scale", value: "7.50"),
        Provenance.Parameter(name: "safe_mode", value: "false"),
      ])
    #expect(
      try self.operation("upscale: {image: a.png}").provenanceSource == .compositeWithTrainedAlgorithmicMedia)
  }
}
