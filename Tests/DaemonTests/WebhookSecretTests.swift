import Foundation
import Testing

@testable import Daemon

@Suite struct WebhookSecretTests {
  /// The vector of the specification's reference libraries.
  @Test func theSignatureIsThatOfStandardWebhooks() throws {
    let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    let signature = secret.signature(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
    #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  }

  @Test(arguments: [
    "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_%%%",
    "whsec_" + Data(repeating: 1, count: 65).base64EncodedString(),
  ])
  func whatIsNoSecretIsRefused(text: String) { #expect(WebhookSecret(text) == nil) }

  @Test func aSecretShowsNowhere() throws {
    let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    var dumped = ""
    dump(AfterConfiguration(secrets: [secret]), to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), "\(AfterConfiguration(secrets: [secret]))", dumped] {
      #expect(!text.contains("MfKQ") && !text.contains("49, 242"), "\(text)")
    }
  }
}
