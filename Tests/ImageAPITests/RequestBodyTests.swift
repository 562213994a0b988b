import Documents
import Foundation
import Testing

@testable import ImageAPI

/// What goes over the wire: recorded by a test server, judged by the vendor's schema.
struct RequestBodyTests {
  private let png = Upload(path: ["image"], fileName: "image.png", mediaType: "image/png", content: tinyPNG)

  /// Makes a call and returns the one request that the server saw.
  private func recorded(
    _ operation: ImageAPI.Operation, uploads: [Upload] = []
  ) async throws -> TestServer.Request {
    try await TestServer.with(.init(reply: { _ in [TestServer.response(200, body: tinyPNG, type: "image/png")] })) {
      server in
      let outcome = try await client(port: server.port)
        .call(operation, uploads: uploads, idempotencyKey: "0199-1", into: CollectingSink())
      guard case .response = outcome else { throw Unexpected(what: "\(outcome)") }
      #expect(server.requests.count == 1)
      return try #require(server.requests.first)
    }
  }

  private struct Unexpected: Error { let what: String }

  @Test func headers_areTheCallsOwn() async throws {
    let request = try await recorded(operation(.generate, #"{"model": "m", "prompt": "p"}"#))
    #expect(request.method == "POST")
    #expect(request.path == "/api/v1/image/generate")
    #expect(request["authorization"] == "Bearer \(testKey)")
    #expect(request["idempotency-key"] == "0199-1")
    #expect(request["accept-encoding"] == "identity")
    #expect(request["content-type"] == "application/json")
    #expect(request["content-length"] == "\(request.body.count)")
    #expect(request["transfer-encoding"] == nil)
    for name in ["authorization", "idempotency-key", "content-type", "content-length", "host"] {
      #expect(request.headers.filter { $0.name.lowercased() == name }.count == 1, "\(name)")
    }
  }

  @Test func jsonBody_isSentAsItWasWritten() async throws {
    let body = #"{"prompt":"caf\u00e9 \ud83d\udef6","model":"m","cfg_scale":7.50,"height":1e3}"#
    let request = try await recorded(operation(.generate, body))
    #expect(
      String(decoding: request.body, as: UTF8.self) == #"{"prompt":"café 🛶","model":"m","cfg_scale":7.50,"height":1e3}"#
    )
  }

  /// Python's own parser of MIME reads the form.
  @Test func upload_isAForm() async throws {
    let operation = try operation(
      .edit, #"{"prompt": "über\r\n\"x\"", "safe_mode": false}"#,
      files: [FileField(path: ["image"], source: .inbox("a.png"))])
    let upload = Upload(path: ["image"], fileName: "a\"b\r\n.png", mediaType: "image/png", content: tinyPNG)
    let request = try await recorded(operation, uploads: [upload])
    let parts = try formParts(request)
    #expect(parts.map(\.name) == ["prompt", "safe_mode", "image"])
    #expect(parts[0].bytes == Array("über\r\n\"x\"".utf8))
    #expect(parts[1].bytes == Array("false".utf8))
    #expect(parts[2].bytes == tinyPNG)
    #expect(parts[2].fileName == "a%22b%0D%0A.png")
  }

  @Test func filesBesideURLs_goIntoTheJSON() async throws {
    let operation = try operation(
      .multiEdit, #"{"prompt": "p", "images": ["https://example.com/a.png"]}"#,
      files: [FileField(path: ["images", "0"], source: .inbox("a.png"))])
    let upload = Upload(path: ["images", "0"], fileName: "image.png", mediaType: "image/png", content: tinyPNG)
    let request = try await recorded(operation, uploads: [upload])
    #expect(
      try json(String(decoding: request.body, as: UTF8.self))
        == json(#"{"prompt": "p", "images": ["\#(tinyPNGBase64)", "https://example.com/a.png"]}"#))
  }

  @Test func uploadsThatDoNotFit_areNotSent() async throws {
    let edit = try operation(.edit, #"{"prompt": "p"}"#, files: [FileField(path: ["image"], source: .previous)])
    let empty = Upload(path: ["image"], fileName: "a", mediaType: "image/png", content: [UInt8]())
    let huge = Upload(
      path: ["image"], fileName: "a", mediaType: "image/png", content: [UInt8](repeating: 0, count: 25 << 20))
    try await TestServer.with(.init()) { server in
      for uploads in [[], [png, png], [empty], [huge]] {
        let outcome = try await client(port: server.port)
          .call(edit, uploads: uploads, idempotencyKey: "k", into: CollectingSink())
        guard case .notSent(.uploads) = outcome else {
          Issue.record("\(outcome)")
          return
        }
      }
      #expect(server.connections == 0)
    }
  }

  /// Every operation and every field, in JSON and as a form.
  @Test func requests_satisfyTheVendorsSchema() async throws {
    var lines: [String] = []
    for (operation, uploads) in try everyOperation() {
      let request = try await recorded(operation, uploads: uploads)
      lines.append(try line(request))
    }
    #expect(lines.count > 20)
    #expect(try judged(lines) == "")
  }

  /// The judge must be able to say no.
  @Test func requestAgainstTheSchema_isFound() throws {
    let line =
      #"{"kind":"request","method":"POST","path":"/api/v1/image/generate","contentType":"application/json","body":{"prompt":"p"}}"#
    #expect(try judged([line]).contains("'model' is a required property"))
  }

  private func everyOperation() throws -> [(ImageAPI.Operation, [Upload])] {
    let url = #""https://example.com/a.png""#
    let base64 = "\"\(tinyPNGBase64)\""
    let data = "\"data:image/png;base64,\(tinyPNGBase64)\""
    let edit = #"""
      "prompt": "p", "aspect_ratio": "16:9", "disable_prompt_optimization_thinking": true, "enhance_prompt": false,
      "resolution": "2K", "output_format": "webp", "safe_mode": true
      """#
    let image = [FileField(path: ["image"], source: .inbox("a.png"))]
    let images = [
      FileField(path: ["images", "0"], source: .inbox("a.png")),
      FileField(path: ["images", "1"], source: .inbox("b.png")),
    ]
    let pair = images.map { Upload(path: $0.path, fileName: "image.png", mediaType: "image/png", content: tinyPNG) }
    var all: [(ImageAPI.Operation, [Upload])] = [
      (
        try operation(
          .generate,
          #"""
          {"cfg_scale": 7.5, "embed_exif_metadata": true, "format": "png", "height": 1024, "hide_watermark": false,
           "inpaint": null, "lora_strength": 50, "model": "venice-sd35", "negative_prompt": "", "prompt": "p",
           "return_binary": false, "variants": 4, "safe_mode": true, "seed": -5, "steps": 8, "style_preset": "Anime",
           "aspect_ratio": "1:1", "resolution": "1K", "quality": "high", "enable_web_search": true,
           "disable_prompt_optimization_thinking": true, "enhance_prompt": true, "width": 1280,
           "style_references": [{"image": \#(url), "strength": 0.1}, {"image": \#(base64)}]}
          """#), []
      ),
      (try operation(.generate, #"{"model": "m", "prompt": "p", "return_binary": true}"#), []),
      (
        try operation(
          .generate, #"{"model": "m", "prompt": "p", "style_references": [{"strength": 1}]}"#,
          files: [FileField(path: ["style_references", "0", "image"], source: .inbox("a"))]),
        [Upload(path: ["style_references", "0", "image"], fileName: "a", mediaType: "image/png", content: tinyPNG)]
      ),
      (try operation(.generations, #"{"prompt": "p"}"#), []),
      (
        try operation(
          .generations,
          #"""
          {"background": "opaque", "model": "m", "moderation": "low", "n": 1, "output_compression": 90,
           "output_format": "jpeg", "prompt": "p", "quality": "hd", "response_format": "url", "size": "1536x1024",
           "style": "natural", "user": "me"}
          """#), []
      ),
      (
        try operation(
          .generations,
          #"""
          {"background": null, "moderation": null, "n": null, "output_compression": null, "prompt": "p",
           "quality": null, "response_format": null, "size": null, "style": null}
          """#), []
      ),
      (try operation(.edit, #"{"model": "m", \#(edit)}"#, files: image), [png]),
      (try operation(.edit, #"{"modelId": "wan-2-7-pro-edit", \#(edit)}"#, files: image), [png]),
      (try operation(.multiEdit, #"{"modelId": "wan-2-7-pro-edit", "quality": "low", \#(edit)}"#, files: images), pair),
      (
        try operation(
          .multiEdit,
          #"{"modelId": "wan-2-7-pro-edit", "quality": "low", \#(edit), "images": [\#(url), \#(base64), \#(data)]}"#),
        []
      ),
      (try operation(.upscale, #"{"scale": 4, "creativity": 0.02}"#, files: image), [png]),
      (try operation(.upscale, "{}", files: image), [png]),
      (try operation(.backgroundRemove, "{}", files: image), [png]),
      (try operation(.backgroundRemove, #"{"image_url": \#(url)}"#), []),
    ]
    for value in [url, base64, data] {
      all.append((try operation(.edit, #"{"model": "m", \#(edit), "image": \#(value)}"#), []))
      all.append((try operation(.upscale, #"{"scale": 2, "creativity": null, "image": \#(value)}"#), []))
      all.append((try operation(.backgroundRemove, #"{"image": \#(value)}"#), []))
    }
    return all
  }

  /// One line of what Tests/Venice/validate.py reads.
  private func line(_ request: TestServer.Request) throws -> String {
    var message = JSONObject()
    message["kind"] = .string("request")
    message["method"] = .string(request.method)
    message["path"] = .string(request.path)
    let type = try #require(request["content-type"])
    message["contentType"] = .string(type)
    message["body"] =
      type == "application/json" ? try DocumentReader.json(request.body).value : try formAsObject(request)
    return JSONValue.object(message).serialized()
  }

  /// A form as an object: files as "(binary)", a form's texts as the JSON type that their field has.
  private func formAsObject(_ request: TestServer.Request) throws -> JSONValue {
    var object = JSONObject()
    for part in try formParts(request) {
      let text = String(decoding: part.bytes, as: UTF8.self)
      let value: JSONValue =
        if part.fileName != nil {
          .string("(binary)")
        } else if ["scale", "creativity"].contains(part.name) {
          .number(text)
        } else if text == "true" || text == "false" {
          .bool(text == "true")
        } else {
          .string(text)
        }
      guard part.name == "images" else {
        #expect(object[part.name] == nil, "\(part.name) came twice")
        object[part.name] = value
        continue
      }
      if case .array(let before)? = object["images"] {
        object["images"] = .array(before + [value])
      } else {
        object["images"] = .array([value])
      }
    }
    return .object(object)
  }

  private struct Part: Decodable {
    let name: String
    let fileName: String?
    let base64: Data
    var bytes: [UInt8] { Array(base64) }
  }

  private func formParts(_ request: TestServer.Request) throws -> [Part] {
    let script = """
      import base64, email.parser, email.policy, json, sys
      message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(sys.stdin.buffer.read())
      print(json.dumps([{"name": p.get_param("name", header="content-disposition"), "fileName": p.get_filename(),
        "base64": base64.b64encode(p.get_payload(decode=True)).decode()} for p in message.iter_parts()]))
      """
    let type = try #require(request["content-type"])
    #expect(type.hasPrefix("multipart/form-data; boundary="))
    let output = try python(["-c", script], input: Array("Content-Type: \(type)\r\n\r\n".utf8) + request.body)
    return try JSONDecoder().decode([Part].self, from: Data(output))
  }

  private func judged(_ lines: [String]) throws -> String {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Venice/validate.py")
    return String(
      decoding: try python([script.path], input: Array(lines.joined(separator: "\n").utf8)), as: UTF8.self)
  }
}
