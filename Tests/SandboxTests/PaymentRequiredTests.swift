import Foundation
import Testing

@testable import Sandbox

@Suite struct PaymentRequiredTests {
  private static let wallet = SandboxConfiguration(balanceMicrodollars: 9_999, demandsX402: true)
  private static let body = #"{"model":"venice-sd35","prompt":"canal","width":64,"height":64}"#

  private func header(_ response: WireClient.Response) throws -> JSON {
    let data = try #require(Data(base64Encoded: response.headers["payment-required"] ?? ""))
    return try #require(JSON(parsing: [UInt8](data)))
  }

  /// The schema's `oneOf` of a 402 can never hold for this shape, since it has an `error` and so is a StandardError too;
  /// it is held against its own component.
  private func faults(_ body: [UInt8]) async throws -> String {
    try await withTemporaryFolder { folder in
      let file = URL(fileURLWithPath: folder).appendingPathComponent("body.json")
      try Data(body).write(to: file)
      let venice = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Venice").path
      let script = """
        import json, sys
        sys.dont_write_bytecode = True
        sys.path.insert(0, sys.argv[1])
        import validate
        schema = validate.Schema(json.load(open(sys.argv[1] + "/openapi.json")))
        component = schema.components["X402InferencePaymentRequired"]
        print("\\n".join(schema.faults(component, json.load(open(sys.argv[2])), "body")), end="")
        """
      return try await VendorSchema.run("/usr/bin/python3", "-c", script, venice, file.path).output
    }
  }

  @Test func aWalletWithTooLittleIsToldHowToTopUp() async throws {
    try await withSandbox(Self.wallet) { client in
      let response = try #require(try await client.post("/image/generate", Self.body))
      #expect(response.status == 402)
      let answer = try #require(JSON(parsing: response.body))
      #expect(answer["code"] == "PAYMENT_REQUIRED")
      #expect(answer["currentBalanceUsd"]?.serialized == "0.009999")
      #expect(try await faults(response.body) == "")
      #expect(try header(response)["accepts"]?.array?.isEmpty == false)
      #expect(response.headers["x-ratelimit-limit-requests"] != nil)
    }
  }

  @Test func aCallWithoutAKeyIsToldHowToPay() async throws {
    try await withSandbox(Self.wallet) { client in
      let json = ["Content-Type": "application/json"]
      let response = try #require(
        try await client.exchange("POST", "/image/generate", headers: json, body: Array(Self.body.utf8)))
      #expect(response.status == 402)
      #expect(try await VendorSchema.faults([VendorSchema.response("POST", "/image/generate", response)]) == "")
      #expect(try header(response)["x402Version"] == 2)
      let rejected = ["Authorization": "Bearer \(SandboxServer.rejectedKey)"]
      #expect(try await client.post("/image/generate", Self.body, headers: rejected)?.status == 401)
      #expect(try await client.exchange("GET", "/billing/balance", headers: [:])?.status == 401)
    }
  }

  @Test func theDirectiveTakesTheSameShape() async throws {
    let asking = Self.body.replacingOccurrences(of: "canal", with: "canal [sandbox:status=402]")
    try await withSandbox(SandboxConfiguration(demandsX402: true)) { client in
      let wallet = try #require(try await client.post("/image/generate", asking))
      #expect(try await faults(wallet.body) == "")
      #expect(wallet.headers["payment-required"] != nil)
    }
    try await withSandbox { client in
      let plain = try #require(try await client.post("/image/generate", asking))
      #expect(JSON(parsing: plain.body) == ["error": "Insufficient balance"])
      #expect(plain.headers["payment-required"] == nil)
      #expect(try await VendorSchema.faults([VendorSchema.response("POST", "/image/generate", plain)]) == "")
    }
  }
}
