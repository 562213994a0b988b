import Codecs
import Foundation
import Raster
import Testing

@testable import Sandbox

@Suite struct RequestBodyTests {
  private func form(_ fields: [(String, String)], _ endpoint: PaidEndpoint) throws -> RequestBody {
    let parts = fields.map { "--b\r\nContent-Disposition: form-data; name=\"\($0)\"\r\n\r\n\($1)\r\n" }.joined()
    return try RequestBody(
      Array((parts + "--b--\r\n").utf8), contentType: "multipart/form-data; boundary=b", endpoint: endpoint)
  }

  @Test func textsOfAFormBecomeTheTypesOfTheirFields() throws {
    let body = try form(
      [("prompt", "true"), ("safe_mode", "false"), ("enhance_prompt", "true"), ("image", "https://a.example/")], .edit)
    #expect(
      body.fields == ["prompt": "true", "safe_mode": false, "enhance_prompt": true, "image": "https://a.example/"])
    #expect(try form([("scale", "4")], .upscale).fields == ["scale": 4])
  }

  @Test func whatIsNotOfItsTypeStaysTextAndIsRefused() throws {
    let body = try form([("prompt", "a"), ("image", "https://a.example/"), ("safe_mode", "yes")], .edit)
    #expect(RequestSchema.edit.issues(body.fields).map(\.path) == [["safe_mode"]])
  }

  @Test(arguments: ["images", "images[]"])
  func repeatedNamesMakeAnArray(name: String) throws {
    let body = try form([("prompt", "a"), (name, "https://a.example/1"), (name, "https://a.example/2")], .multiEdit)
    #expect(try body.images("images", within: .edited) == [.url("https://a.example/1"), .url("https://a.example/2")])
  }

  @Test func filesAndTextsOfAFormKeepTheirOrder() throws {
    let image = Image(size: Size(width: 256, height: 256), layout: .gray8)
    let file = try PNG.encode(image, options: PNG.Options(compression: 1))
    let parts: [[UInt8]] = [
      Array("--b\r\nContent-Disposition: form-data; name=\"images\"\r\n\r\nhttps://a.example/1\r\n".utf8),
      Array("--b\r\nContent-Disposition: form-data; name=\"images\"; filename=\"a.png\"\r\n\r\n".utf8), file,
      Array("\r\n--b--\r\n".utf8),
    ]
    let body = try RequestBody(
      Array(parts.joined()), contentType: "multipart/form-data; boundary=b", endpoint: .multiEdit)
    let images = try body.images("images", within: .edited)
    #expect(images.count == 2)
    #expect(images.first == .url("https://a.example/1"))
    #expect(images.last?.size == Size(width: 256, height: 256))
  }

  @Test func unknownPartsAreRefused() throws {
    let body = try form([("prompt", "a"), ("image", "https://a.example/"), ("mode", "x")], .edit)
    #expect(RequestSchema.edit.issues(body.fields).map(\.message) == ["Unrecognized key(s) in object: 'mode'"])
  }

  @Test(arguments: ["", "text/plain", "application/x-www-form-urlencoded"])
  func otherContentTypesAreA415(contentType: String) {
    #expect {
      try RequestBody(Array("{}".utf8), contentType: contentType, endpoint: .edit)
    } throws: { ($0 as? Refusal)?.status == 415 }
  }

  @Test func parametersOfTheContentTypeDoNotMatter() throws {
    let body = try RequestBody(Array("{}".utf8), contentType: "Application/JSON; charset=utf-8", endpoint: .generate)
    #expect(body.fields == [:])
  }
}
