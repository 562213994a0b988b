import Codecs
import Foundation
import Raster
import Testing

@testable import Sandbox

/// Whole calls over the wire: pictures, bodies, headers, charges.
@Suite struct ImageServiceTests {
  private func generate(_ more: String = "") -> String {
    #"{"model":"venice-sd35","prompt":"canal","width":64,"height":48\#(more)}"#
  }

  private func header(_ bytes: [UInt8]) throws -> ImageHeader { try Codec.header(bytes.span) }

  private func images(_ response: WireClient.Response?) throws -> [Data] {
    let whole = try #require(response)
    let texts = try #require(JSON(parsing: whole.body)?["images"]?.array)
    return try texts.map { try #require(Data(base64Encoded: $0.string ?? "")) }
  }

  @Test(arguments: [("webp", ImageFormat.webp), ("png", .png), ("jpeg", .jpeg)])
  func formatsAreThoseThatWereAsked(name: String, format: ImageFormat) async throws {
    try await withSandbox { client in
      let binary = try #require(
        try await client.post("/image/generate", generate(#","format":"\#(name)","return_binary":true"#)))
      #expect(binary.mediaType == format.mediaType)
      #expect(try header(binary.body).format == format)
      #expect(try header(binary.body).size == Size(width: 64, height: 48))
      let json = try await client.post("/image/generate", generate(#","format":"\#(name)""#))
      #expect(try images(json) == [Data(binary.body)])
    }
  }

  @Test func theSameSeedGivesTheSameBytesAndOthersDiffer() async throws {
    try await withSandbox { client in
      let first = try images(try await client.post("/image/generate", generate(#","seed":7,"variants":4"#)))
      let again = try images(try await client.post("/image/generate", generate(#","seed":7"#)))
      let other = try images(try await client.post("/image/generate", generate(#","seed":8"#)))
      try #require(first.count == 4 && again.count == 1 && other.count == 1)
      #expect(Set(first).count == 4)
      #expect(first[0] == again[0])
      #expect(other[0] != again[0])
    }
  }

  @Test func generateRepeatsTheRequestAndTheHeadersSayWhatWasUsed() async throws {
    try await withSandbox(SandboxConfiguration(balanceMicrodollars: 5_000_000)) { client in
      let response = try #require(
        try await client.post("/image/generate", generate(#","variants":2,"enhance_prompt":true"#)))
      let body = try #require(JSON(parsing: response.body))
      #expect(body["request"] == JSON(parsing: Array(generate(#","variants":2,"enhance_prompt":true"#).utf8)))
      #expect(body["id"]?.string == response.headers["x-request-id"])
      #expect(response.headers["x-venice-model-id"] == "venice-sd35")
      #expect(response.headers["x-venice-balance-usd"] == "4.970000")
      #expect(response.headers["x-balance-remaining"] == "4.970000")
      #expect(response.headers["x-venice-enhanced-prompt"] == "canal%2C%20in%20fine%20detail")
      #expect(Int(response.headers["x-ratelimit-limit-requests"] ?? "") != nil)
      #expect(Int(response.headers["x-ratelimit-reset-requests"] ?? "") ?? 0 > 1_700_000_000)
    }
  }

  @Test func generationsAnswersAsOpenAIDoes() async throws {
    try await withSandbox { client in
      let base64 = try #require(try await client.post("/images/generations", #"{"prompt":"canal","size":"256x256"}"#))
      let data = try #require(JSON(parsing: base64.body)?["data"]?.array)
      let bytes = [UInt8](try #require(Data(base64Encoded: data.first?["b64_json"]?.string ?? "")))
      #expect(try header(bytes).format == .png)
      #expect(try header(bytes).size == Size(width: 256, height: 256))
      let url = try #require(
        try await client.post(
          "/images/generations", #"{"prompt":"canal","size":"256x256","response_format":"url","output_format":"webp"}"#)
      )
      let text = try #require(JSON(parsing: url.body)?["data"]?.array?.first?["url"]?.string)
      #expect(text.hasPrefix("data:image/webp;base64,UklGR"))
    }
  }

  @Test func anEditIsSeenToBeOneAndTheInputIsKnown() async throws {
    let scene = Scene(subject: "input", seed: 1).drawn(Size(width: 320, height: 320))
    let input = try PNG.encode(scene, options: PNG.Options(compression: 1))
    let base64 = Data(input).base64EncodedString()
    try await withSandbox { client in
      var edits: [Data] = []
      for prompt in ["bluer", "warmer"] {
        let edit = try #require(
          try await client.post("/image/edit", #"{"prompt":"\#(prompt)","image":"\#(base64)"}"#))
        #expect(edit.mediaType == "image/png")
        edits.append(Data(edit.body))
      }
      let other = try #require(
        try await client.post("/image/edit", #"{"prompt":"bluer","image":"https://example.com/a.png"}"#))
      #expect(edits[0] != edits[1])
      #expect(edits[0] != Data(other.body))

      // The same call as a form.
      let form =
        Array("--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nbluer\r\n--b\r\n".utf8)
        + Array("Content-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n".utf8) + input
        + Array("\r\n--b--\r\n".utf8)
      let uploaded = try #require(
        try await client.exchange(
          "POST", "/api/v1/image/edit",
          headers: ["Authorization": "Bearer key", "Content-Type": "multipart/form-data; boundary=b"], body: form))
      #expect(Data(uploaded.body) == edits[0])
    }
  }

  @Test func theFurtherEndpointsAnswerWithPNG() async throws {
    let scene = Scene(subject: "input", seed: 1).drawn(Size(width: 300, height: 260))
    let base64 = Data(try PNG.encode(scene, options: PNG.Options(compression: 1))).base64EncodedString()
    try await withSandbox { client in
      let large = try #require(try await client.post("/image/upscale", #"{"image":"\#(base64)"}"#))
      #expect(try header(large.body).size == Size(width: 600, height: 520))
      let cut = try #require(try await client.post("/image/background-remove", #"{"image":"\#(base64)"}"#))
      #expect(try header(cut.body).layout == .rgba8)
      let cornersAlpha = try Codec.decode(cut.body.span, limits: Limits()).withPixels { $0[3] }
      #expect(cornersAlpha == 0)
      let multi = #"{"prompt":"join","images":["\#(base64)","https://example.com/b.png"]}"#
      let joined = try #require(try await client.post("/image/multi-edit", multi))
      #expect(try header(joined.body).format == .png)
    }
  }

  @Test func eachChargeIsOneLineWithExactMoneyAndTheBodysHash() async throws {
    let body = #"{"model":"wan-2-7-pro-text-to-image","prompt":"canal","return_binary":true}"#
    let charges = try await chargesOf { client in
      let response = try #require(
        try await client.post("/api/v1/image/generate", body, headers: ["Idempotency-Key": "job-1-call-1"]))
      #expect(response.status == 200)
      _ = try await client.post("/api/v1/image/generate", generate(#","variants":3"#))
      _ = try await client.post("/api/v1/image/generate", generate(#","unknown":1"#))
    }
    try #require(charges.count == 2)
    #expect(Set((charges[0].object ?? [:]).keys) == ["time", "id", "key", "endpoint", "model", "usd", "sha256"])
    #expect(charges[0]["key"] == "job-1-call-1")
    #expect(charges[0]["endpoint"] == "/image/generate")
    #expect(charges[0]["model"] == "wan-2-7-pro-text-to-image")
    #expect(charges[0]["usd"]?.serialized == "0.09375")
    #expect(charges[0]["id"]?.string?.hasPrefix("generate-image-") == true)
    let time = try #require(charges[0]["time"]?.string)
    #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    let (_, digest) = try await VendorSchema.run(
      "/usr/bin/python3", "-c", "import hashlib,sys; print(hashlib.sha256(sys.argv[1].encode()).hexdigest())", body)
    #expect(charges[0]["sha256"]?.string == digest.trimmingCharacters(in: .whitespacesAndNewlines))
    #expect(charges[1]["key"] == .null)
    #expect(charges[1]["usd"]?.serialized == "0.03")
  }

  @Test func whatCannotBeRecordedIsNotCharged() async throws {
    try await withSandbox(SandboxConfiguration(chargesFile: "/dev/full", balanceMicrodollars: 1_000_000)) { client in
      let response = try await client.post("/image/generate", generate())
      #expect(response?.status == 500)
      let balance = try #require(try await client.exchange("GET", "/billing/balance"))
      #expect(JSON(parsing: balance.body)?["balances"]?["usd"] == 1)
    }
  }

  @Test func theBalanceRunsOut() async throws {
    let charges = try await chargesOf(SandboxConfiguration(balanceMicrodollars: 1_000_000)) { client in
      let body = #"{"model":"gpt-image-2","prompt":"canal","quality":"high","aspect_ratio":"1:1","return_binary":true}"#
      var statuses: [Int?] = []
      for _ in 0..<4 { statuses.append(try await client.post("/image/generate", body)?.status) }
      #expect(statuses == [200, 200, 200, 402])
      let balance = try #require(try await client.exchange("GET", "/billing/balance"))
      #expect(JSON(parsing: balance.body)?["balances"]?["usd"]?.serialized == "0.22")
    }
    #expect(charges.count == 3)
  }

  @Test func theMinutesLimitIsKept() async throws {
    try await withSandbox(SandboxConfiguration(requestsPerMinute: 2)) { client in
      var statuses: [Int?] = []
      for _ in 0..<3 { statuses.append(try await client.post("/image/generate", generate())?.status) }
      #expect(statuses == [200, 200, 429])
    }
  }

  @Test func manyCallsAtOnceAreEachChargedOnce() async throws {
    let charges = try await chargesOf { client in
      try await withThrowingTaskGroup { group in
        for number in 0..<24 {
          group.addTask {
            let response = try await client.post(
              "/image/generate", generate(#","seed":\#(number)"#), headers: ["Idempotency-Key": "\(number)"])
            #expect(response?.isWhole == true)
          }
        }
        try await group.waitForAll()
      }
    }
    #expect(Set(charges.compactMap { $0["key"]?.string }).count == 24)
    #expect(Set(charges.compactMap { $0["id"]?.string }).count == 24)
    #expect(charges.count == 24)
  }
}
