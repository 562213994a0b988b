import Codecs
import Foundation
import Raster
import Testing

@testable import Sandbox

/// Every directive over the wire: what comes back, and whether it is charged (the table of the local API).
@Suite struct FaultPlanTests {
  private func body(_ directive: String, binary: Bool = true) -> String {
    #"{"model":"venice-sd35","prompt":"canal [sandbox:\#(directive)]","width":64,"height":64,"return_binary":\#(binary)}"#
  }

  private func header(_ bytes: [UInt8]) throws -> ImageHeader { try Codec.header(bytes.span) }

  @Test(arguments: [400, 401, 402, 403, 404, 413, 415, 422, 429, 500, 501, 503, 302])
  func refusalsAreTheVendorsAndFree(status: Int) async throws {
    let charges = try await chargesOf { client in
      let response = try #require(try await client.post("/api/v1/image/generate", body("status=\(status)")))
      #expect(response.status == status)
      #expect(JSON(parsing: response.body)?["error"]?.string?.isEmpty == false)
      if status >= 400 {
        #expect(
          try await VendorSchema.faults([VendorSchema.response("POST", "/image/generate", response)]) == "")
      }
    }
    #expect(charges.isEmpty)
  }

  @Test(arguments: [502, 504, 520, 524])
  func gatewayErrorsAreCharged(status: Int) async throws {
    let charges = try await chargesOf { client in
      let response = try await client.post("/image/generate", body("status=\(status)"))
      #expect(response?.status == status)
    }
    #expect(charges.count == 1)
  }

  @Test func timesCountsCallsOfOnePrompt() async throws {
    let charges = try await chargesOf { client in
      var statuses: [Int?] = []
      for _ in 0..<4 { statuses.append(try await client.post("/image/generate", body("status=503;times=2"))?.status) }
      #expect(statuses == [503, 503, 200, 200])
      let other = body("status=503;times=2").replacingOccurrences(of: "canal", with: "bridge")
      let response = try await client.post("/image/generate", other)
      #expect(response?.status == 503)
    }
    #expect(charges.count == 2)
  }

  @Test func retryAfterComesWithRateHeaders() async throws {
    try await withSandbox { client in
      let before = Int(Date().timeIntervalSince1970)
      let response = try #require(try await client.post("/image/generate", body("status=429;retry-after=3")))
      let after = Int(Date().timeIntervalSince1970)
      #expect(response.headers["retry-after"] == "3")
      #expect(response.headers["x-ratelimit-remaining-requests"] == "0")
      let reset = try #require(Int(response.headers["x-ratelimit-reset-requests"] ?? ""))
      #expect((before + 3...after + 4).contains(reset))
      let overloaded = try #require(try await client.post("/image/generate", body("status=429")))
      #expect(overloaded.headers.keys.filter { $0.hasPrefix("x-ratelimit") || $0 == "retry-after" } == [])
    }
  }

  @Test func dropClosesWithoutAByte() async throws {
    let charges = try await chargesOf { client in
      let response = try await client.post("/image/generate", body("drop"))
      #expect(response == nil)
    }
    #expect(charges.count == 1)
  }

  @Test(arguments: [true, false])
  func truncateSendsTheHeadersAndHalfTheBody(binary: Bool) async throws {
    let charges = try await chargesOf { client in
      let response = try #require(try await client.post("/image/generate", body("truncate", binary: binary)))
      #expect(response.status == 200)
      let promised = try #require(Int(response.headers["content-length"] ?? ""))
      #expect(response.body.count == promised / 2)
      #expect(response.headers[ConnectionFault.header.canonicalName] == nil)
    }
    #expect(charges.count == 1)
  }

  @Test func shortIsAWholeAnswerWithACutPicture() async throws {
    let charges = try await chargesOf { client in
      let whole = try #require(try await client.post("/image/generate", body("latency=1ms")))
      let short = try #require(try await client.post("/image/generate", body("short")))
      #expect(short.isWhole)
      #expect(Data(short.body) == Data(whole.body.prefix(whole.body.count / 2)))
      let json = try #require(try await client.post("/image/generate", body("short", binary: false)))
      #expect(json.isWhole)
      let base64 = try #require(JSON(parsing: json.body)?["images"]?.array?.first?.string)
      #expect(Data(base64Encoded: base64) == Data(short.body))
    }
    #expect(charges.count == 3)
  }

  @Test func garbageIsHTML() async throws {
    let charges = try await chargesOf { client in
      let response = try #require(try await client.post("/image/generate", body("garbage")))
      #expect(response.status == 200)
      #expect(response.mediaType == "text/html")
      #expect(response.text.hasPrefix("<!DOCTYPE html>"))
    }
    #expect(charges.count == 1)
  }

  @Test func sizeAndFormatDifferFromWhatWasAsked() async throws {
    let charges = try await chargesOf { client in
      let size = try #require(try await client.post("/image/generate", body("size=100x50")))
      #expect(try header(size.body).size == Size(width: 100, height: 50))
      let format = try #require(try await client.post("/image/generate", body("format=png")))
      #expect(try header(format.body).format == .png)
      #expect(format.mediaType == "image/png")
    }
    #expect(charges.count == 2)
  }

  @Test func blurredAndViolationAreSaidInHeaders() async throws {
    let charges = try await chargesOf { client in
      let blurred = try #require(try await client.post("/image/generate", body("blurred")))
      #expect(blurred.headers["x-venice-is-blurred"] == "true")
      #expect(blurred.headers["x-venice-is-content-violation"] == "false")
      let black = try #require(try await client.post("/image/generate", body("violation")))
      #expect(black.headers["x-venice-is-content-violation"] == "true")
      let isUniform = try Codec.decode(black.body.span, limits: Limits()).isUniform
      #expect(isUniform)
      let plain = try #require(try await client.post("/image/generate", body("latency=0s")))
      #expect(plain.headers["x-venice-is-blurred"] == "false")
      #expect(Data(blurred.body) != Data(plain.body))
    }
    #expect(charges.count == 3)
  }

  @Test func latencyDelaysTheAnswerNotTheCharge() async throws {
    let clock = ContinuousClock()
    let charges = try await chargesOf { client in
      let start = clock.now
      let response = try await client.post("/image/generate", body("latency=300ms"))
      #expect(response?.status == 200)
      #expect(clock.now - start >= .milliseconds(300))
    }
    #expect(charges.count == 1)
  }

  /// The charge is there while the caller still waits; the server's end closes the connection.
  @Test(.timeLimit(.minutes(1))) func hangChargesAndNeverAnswers() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/charges"
      let (calling, call) = AsyncStream<WireClient>.makeStream()
      async let answer = {
        var clients = calling.makeAsyncIterator()
        return try await clients.next()?.post("/image/generate", body("hang"))
      }()
      try await withSandbox(SandboxConfiguration(chargesFile: path)) { client in
        call.yield(client)
        while try charges(path).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      }
      let nothing = try await answer
      #expect(nothing == nil)
      #expect(try charges(path).count == 1)
    }
  }

  @Test func aMisspeltDirectiveIsTheCallersMistake() async throws {
    let charges = try await chargesOf { client in
      let response = try await client.post("/image/generate", body("dorp"))
      #expect(response?.status == 400)
    }
    #expect(charges.isEmpty)
  }

  @Test func directivesWorkOnEdits() async throws {
    let charges = try await chargesOf { client in
      let edit = #"{"image":"https://example.com/a.png","prompt":"bluer [sandbox:size=64x32]"}"#
      let response = try #require(try await client.post("/image/edit", edit))
      #expect(try header(response.body).size == Size(width: 64, height: 32))
      let generations = #"{"prompt":"canal [sandbox:drop]"}"#
      let dropped = try await client.post("/images/generations", generations)
      #expect(dropped == nil)
    }
    #expect(charges.map { $0["endpoint"]?.string } == ["/image/edit", "/images/generations"])
  }
}
