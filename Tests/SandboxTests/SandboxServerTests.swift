import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import Sandbox

@Suite struct SandboxServerTests {
  private static let paid: [(path: String, body: String)] = [
    ("/image/generate", #"{"model":"venice-sd35","prompt":"canal","width":64,"height":64}"#),
    ("/images/generations", #"{"prompt":"canal","size":"256x256"}"#),
    ("/image/edit", #"{"prompt":"bluer","image":"https://example.com/a.png"}"#),
    ("/image/multi-edit", #"{"prompt":"bluer","images":["https://example.com/a.png"]}"#),
    ("/image/upscale", #"{"image":"https://example.com/a.png"}"#),
    ("/image/background-remove", #"{"image_url":"https://example.com/a.png"}"#),
  ]
  private static let free = [
    "/image/styles", "/models", "/models?type=image", "/models?type=inpaint", "/models?type=upscale",
    "/models?type=video",
    "/billing/balance", "/billing/usage-history", "/billing/usage-history?currency=USD&pageSize=10",
    "/api_keys/rate_limits",
  ]

  /// Further good answers, and mistakes that only the model's constraints tell.
  private static let further: [(path: String, body: String, status: Int)] = {
    let url = "https://example.com/a.png"
    let many = Array(repeating: "\"\(url)\"", count: 15)
    func multi(_ count: Int) -> String {
      #"{"prompt":"join","modelId":"gpt-image-2-edit","quality":"low","enhance_prompt":true,"images":[\#(many.prefix(count).joined(separator: ","))]}"#
    }
    func generate(_ model: String, _ more: String) -> String { #"{"model":"\#(model)","prompt":"canal",\#(more)}"# }
    return [
      ("/image/multi-edit", multi(14), 200),
      ("/image/multi-edit", multi(15), 400),
      ("/image/edit", #"{"prompt":"bluer","image":"\#(url)","model":"luma-uni-1-edit","output_format":"webp"}"#, 200),
      ("/image/edit", #"{"prompt":"bluer","image":"\#(url)","model":"nano-banana-2-edit","resolution":"8K"}"#, 400),
      ("/image/generate", generate("krea-v2-large", #""style_references":[{"image":"\#(url)","strength":0.5}]"#), 200),
      ("/image/generate", generate("chroma", #""style_references":[{"image":"\#(url)"}]"#), 400),
      ("/image/generate", generate("chroma", #""width":64,"height":60,"variants":2"#), 400),
      ("/image/generate", generate("chroma", #""width":64,"height":64,"variants":2,"return_binary":true"#), 400),
      ("/image/generate", generate("chroma", #""width":64,"height":64,"variants":4,"enable_web_search":true"#), 200),
      ("/image/generate", generate("chroma", #""width":64,"height":64,"embed_exif_metadata":true"#), 200),
      ("/image/generate", generate("grok-imagine-image-2-0", #""quality":"high""#), 400),
      ("/image/generate", generate("fluently-xl", #""width":64"#), 404),
      ("/image/upscale", #"{"image":"\#(url)","scale":3}"#, 400),
    ]
  }()

  /// Good answers, and each kind of mistake on each endpoint, beneath both bases.
  @Test(arguments: ["", "/api/v1"])
  func everyAnswerIsTheSchemas(base: String) async throws {
    try await withSandbox { client in
      var messages: [JSON] = []
      func note(_ method: String, _ path: String, _ response: WireClient.Response?, expected: Int) throws {
        let response = try #require(response)
        #expect(response.status == expected, "\(method) \(path)")
        #expect(response.isWhole)
        messages.append(VendorSchema.response(method, path, response))
      }
      for path in Self.free {
        try note("GET", path, try await client.exchange("GET", base + path), expected: 200)
        if !path.hasPrefix("/models") {
          try note("GET", path, try await client.exchange("GET", base + path, headers: [:]), expected: 401)
        }
      }
      try note("GET", "/models?type=cars", try await client.exchange("GET", base + "/models?type=cars"), expected: 400)
      for (path, body) in Self.paid {
        let url = base + path
        try note("POST", path, try await client.post(url, body), expected: 200)
        try note("POST", path, try await client.post(url, "{}"), expected: 400)
        try note("POST", path, try await client.post(url, "[]"), expected: 400)
        try note("POST", path, try await client.post(url, "{"), expected: 400)
        try note("POST", path, try await client.post(url, body, headers: ["Content-Type": "text/plain"]), expected: 415)
        try note(
          "POST", path, try await client.post(url, body, headers: ["Authorization": "Basic eA=="]), expected: 401)
        let rejected = ["Authorization": "Bearer \(SandboxServer.rejectedKey)"]
        try note("POST", path, try await client.post(url, body, headers: rejected), expected: 401)
      }
      for (path, body, status) in Self.further {
        try note("POST", path, try await client.post(base + path, body), expected: status)
      }
      for query in ["?pageSize=1", "?cursor=a", "?currency=EUR", "?endTimestamp=now"] {
        let path = "/billing/usage-history" + query
        try note("GET", path, try await client.exchange("GET", base + path), expected: 400)
      }
      let form = ["Content-Type": "multipart/form-data; boundary=b"]
      try note(
        "POST", "/image/generate", try await client.post(base + "/image/generate", "x", headers: form), expected: 415)
      try note("POST", "/image/edit", try await client.post(base + "/image/edit", "x", headers: form), expected: 400)
      let large = Data(repeating: 0, count: 25_000_000).base64EncodedString()
      try note(
        "POST", "/image/edit", try await client.post(base + "/image/edit", #"{"prompt":"b","image":"\#(large)"}"#),
        expected: 413)
      try note("GET", "/nope", try await client.exchange("GET", base + "/nope"), expected: 404)
      try note("POST", "/models", try await client.post(base + "/models", "{}"), expected: 404)
      #expect(try await VendorSchema.faults(messages) == "")
    }
  }

  @Test func onlyLoopbackListens() async throws {
    try await withSandbox { client in
      let (_, output) = try await VendorSchema.run("/bin/cat", "/proc/net/tcp", "/proc/net/tcp6")
      let port = String(client.port, radix: 16, uppercase: true)
      let listening = output.split(separator: "\n").filter { $0.contains(":\(port) ") && $0.contains(" 0A ") }
      #expect(listening.count == 1)
      #expect(listening.allSatisfy { $0.contains("0100007F:\(port)") })
    }
  }

  @Test func thePortFileIsThereWhenItIsReady() async throws {
    try await withTemporaryFolder { folder in
      try await withSandbox(SandboxConfiguration(portFile: "\(folder)/port")) { client in
        let text = try String(contentsOfFile: "\(folder)/port", encoding: .utf8)
        #expect(text == "\(client.port)\n")
      }
    }
  }

  @Test func aTakenPortIsNamed() async throws {
    try await withSandbox { client in
      let second = SandboxServer(configuration: SandboxConfiguration(port: client.port))
      await #expect {
        try await second.run()
      } throws: { error in
        guard case SandboxError.cannotListen(let port, _) = error else { return false }
        return port == client.port
      }
    }
  }

  @Test func aPortFileThatCannotBeWrittenStopsTheStart() async {
    let server = SandboxServer(configuration: SandboxConfiguration(portFile: "/nowhere/port"))
    await #expect {
      try await server.run()
    } throws: { error in
      guard case SandboxError.file(call: "open", _, errno: ENOENT) = error else { return false }
      return true
    }
  }

  @Test func aChargeLogThatCannotBeOpenedStopsTheStart() async {
    let server = SandboxServer(configuration: SandboxConfiguration(chargesFile: "/nowhere/charges"))
    await #expect(throws: SandboxError.file(call: "open", path: "/nowhere/charges", errno: ENOENT)) {
      try await server.run()
    }
  }

  /// What is being answered is answered; what hangs or waits is cut off; then the server returns.
  @Test(.timeLimit(.minutes(1))) func gracefulShutdownFinishesWhatIsActive() async throws {
    let (ready, isReady) = AsyncStream<Int>.makeStream()
    let server = SandboxServer(configuration: SandboxConfiguration()) { isReady.yield($0) }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(services: [server], logger: Logger(label: "test")))
    try await withThrowingTaskGroup(of: WireClient.Response?.self) { tasks in
      tasks.addTask {
        try await group.run()
        return nil
      }
      var iterator = ready.makeAsyncIterator()
      let client = WireClient(port: try #require(await iterator.next()))
      tasks.addTask {
        try await client.post("/image/generate", #"{"model":"venice-sd35","prompt":"[sandbox:hang]"}"#)
      }
      tasks.addTask {
        let body = #"{"model":"nano-banana-pro","prompt":"canal","resolution":"2K","return_binary":true}"#
        let response = try await client.post("/image/generate", body)
        #expect(response == nil || response?.isWhole == true)
        await group.triggerGracefulShutdown()
        return nil
      }
      for try await answer in tasks { #expect(answer == nil) }
    }
  }

  @Test func anOpenConnectionServesSeveralCalls() async throws {
    try await withSandbox { client in
      let get = "GET /image/styles HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer k\r\n"
      let bytes = try await client.raw(Array((get + "\r\n" + get + "Connection: close\r\n\r\n").utf8))
      #expect(String(decoding: bytes, as: UTF8.self).split(separator: "HTTP/1.1 200 OK").count == 2)
    }
  }
}
