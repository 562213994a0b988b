import Testing

@testable import Sandbox

@Suite struct RefusalTests {
  @Test func aPlainRefusalIsTheStandardError() {
    #expect(Refusal(status: 402, message: "Insufficient balance").body == ["error": "Insufficient balance"])
  }

  /// The schema's example: `{"_errors": [], "field": {"_errors": ["Field is required"]}}`.
  @Test func issuesAreNestedAsTheirPathsAre() {
    let refusal = Refusal.invalid([
      Refusal.Issue(path: [], message: "unknown"), Refusal.Issue(path: ["width"], message: "too large"),
      Refusal.Issue(path: ["style_references", "1", "image"], message: "required"),
    ])
    #expect(refusal.body["error"] == "Invalid request parameters")
    #expect(
      refusal.body["details"] == [
        "_errors": ["unknown"],
        "width": ["_errors": ["too large"]],
        "style_references": ["_errors": [], "1": ["_errors": [], "image": ["_errors": ["required"]]]],
      ])
    #expect(
      refusal.body["issues"]?.array?.first == ["code": "custom", "path": [], "message": "unknown"])
  }
}
