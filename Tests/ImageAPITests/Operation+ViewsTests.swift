import Testing

@testable import ImageAPI

struct OperationViewsTests {
  @Test(arguments: [
    (#"{"model": "m", "prompt": "p"}"#, ImageAPI.Operation.RequestedSize.unspecified),
    (#"{"model": "m", "prompt": "p", "width": 640, "height": 480}"#, .pixels(width: 640, height: 480)),
    (#"{"model": "m", "prompt": "p", "width": 640}"#, .pixels(width: 640, height: 1024)),
    (#"{"model": "m", "prompt": "p", "aspect_ratio": "16:9", "resolution": "2K"}"#, .aspectRatio(width: 16, height: 9)),
    (#"{"model": "m", "prompt": "p", "aspect_ratio": "auto"}"#, .unspecified),
    (#"{"model": "m", "prompt": "p", "resolution": "2K"}"#, .unspecified),
  ])
  func sizeOfGenerate(body: String, size: ImageAPI.Operation.RequestedSize) throws {
    #expect(try operation(.generate, body).requestedSize == size)
  }

  @Test func sizesOfTheOthers() throws {
    let image = #""image": "https://example.com/a""#
    #expect(
      try operation(.generations, #"{"prompt": "p", "size": "1792x1024"}"#).requestedSize
        == .pixels(width: 1792, height: 1024))
    #expect(try operation(.generations, #"{"prompt": "p", "size": "auto"}"#).requestedSize == .unspecified)
    #expect(
      try operation(.edit, #"{"prompt": "p", "aspect_ratio": "4:5", \#(image)}"#).requestedSize
        == .aspectRatio(width: 4, height: 5))
    #expect(try operation(.upscale, #"{"scale": 4, \#(image)}"#).requestedSize == .scaled(by: 4))
    #expect(try operation(.upscale, "{\(image)}").requestedSize == .scaled(by: 2))
    #expect(try operation(.backgroundRemove, "{\(image)}").requestedSize == .unspecified)
  }

  @Test func answersAreBinaryWhereTheSchemaSaysSo() throws {
    #expect(try !operation(.generate, #"{"model": "m", "prompt": "p"}"#).returnsBinary)
    #expect(try operation(.generate, #"{"model": "m", "prompt": "p", "return_binary": true}"#).returnsBinary)
    #expect(try !operation(.generations, #"{"prompt": "p"}"#).returnsBinary)
    #expect(try operation(.upscale, #"{"image": "https://example.com/a"}"#).returnsBinary)
  }

  @Test func modelAndPrompt_areReadUnderBothNames() throws {
    let operation = try operation(
      .multiEdit, #"{"modelId": "qwen-image-2-edit", "prompt": "p", "images": ["https://example.com/a"]}"#)
    #expect(operation.model == "qwen-image-2-edit")
    #expect(operation.prompt == "p")
    #expect(operation.variants == 1)
    #expect(operation.requestedFormat == nil)
  }
}
