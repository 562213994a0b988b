import Testing

@testable import ImageAPI

struct APIConfigurationTests {
  @Test(arguments: [
    "https://api.venice.ai/api/v1", "https://api.venice.ai/api/v1/", "HTTP://[::1]:8080", "http://localhost:1/x//",
  ])
  func baseURLs_loseTheirLastSlashes(url: String) throws {
    let configuration = try APIConfiguration(baseURL: url, key: APIKey("k"))
    #expect(!configuration.baseURL.hasSuffix("/"))
    #expect(url.hasPrefix(configuration.baseURL))
  }

  @Test func otherURLs_areRefused() {
    for url in ["", "api.venice.ai", "ftp://x", "http://", "https://x/y?z", "https://x/#a"] {
      #expect(throws: APIConfigurationError.self) { try APIConfiguration(baseURL: url, key: APIKey("k")) }
    }
    #expect(throws: APIConfigurationError.credentialsInBaseURL) {
      try APIConfiguration(baseURL: "https://me:secret@example.com", key: APIKey("k"))
    }
    #expect(throws: APIConfigurationError.nonPositive("timeout")) {
      try APIConfiguration(key: APIKey("k"), timeout: .zero)
    }
  }
}
