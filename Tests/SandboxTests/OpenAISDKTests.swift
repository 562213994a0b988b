import Foundation
import Testing

@testable import Sandbox

/// The official OpenAI Python SDK, unchanged, as a client (`openai_sdk.py`). `scripts/python-peers` makes its virtual
/// environment once, beneath the repository's `.build`.
@Suite struct OpenAISDKTests {
  @Test(.timeLimit(.minutes(5))) func theOfficialSDKWorksUnchanged() async throws {
    let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    let peers = folder.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
      "scripts/python-peers")
    let (made, output) = try await VendorSchema.run("/bin/bash", peers.path)
    let python = String(output.split(separator: "\n").last ?? "")
    try #require(made == 0 && FileManager.default.isExecutableFile(atPath: python), "\(output)")
    try await withSandbox(SandboxConfiguration(requestsPerMinute: 1000)) { client in
      let (status, output) = try await VendorSchema.run(
        python, folder.appendingPathComponent("openai_sdk.py").path, "http://127.0.0.1:\(client.port)/api/v1",
        SandboxServer.rejectedKey)
      #expect(status == 0, "\(output)")
      #expect(output.split(separator: "\n").last == "AuthenticationError", "\(output)")
    }
  }
}
