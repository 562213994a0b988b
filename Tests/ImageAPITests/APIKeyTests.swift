import Testing

@testable import ImageAPI

struct APIKeyTests {
  @Test func key_doesNotShow() throws {
    let key = try APIKey("  \(testKey)\n")
    let configuration = try APIConfiguration(key: key)
    var shown = "\(key) \(String(reflecting: key)) \(configuration) \(String(reflecting: configuration))"
    dump(configuration, to: &shown)
    dump(APIClient(configuration: configuration), to: &shown)
    #expect(!shown.contains(testKey))
    #expect(key.authorization == "Bearer \(testKey)")
  }

  @Test func brokenKeys_areRefusedWithoutBeingShown() {
    #expect(throws: APIConfigurationError.emptyKey) { try APIKey(" \n") }
    for text in ["a b", "a\nb", "schlüssel", "a\u{0}b"] {
      #expect(throws: APIConfigurationError.malformedKey) { try APIKey(text) }
    }
  }
}
