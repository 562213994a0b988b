import Testing

@testable import Spool

@Suite struct RelativePathTests {
  @Test(arguments: [
    ("a", ["a"]), ("a/b", ["a", "b"]), ("./a//b/", ["a", "b"]), ("..a/b..", ["..a", "b.."]), ("ä/日本", ["ä", "日本"]),
    // A slash followed by a combining accent is a slash still.
    ("a/\u{301}b", ["a", "\u{301}b"]),
  ])
  func staysBeneath(_ text: String, _ components: [String]) throws {
    #expect(try RelativePath(text).components == components)
  }

  @Test(arguments: [
    "", "/", "/etc", ".", "./", "..", "a/..", "../a", "a/../b", "a/\(String(repeating: "é", count: 128))",
  ])
  func neverLeavesTheTree(_ text: String) throws {
    let error = try #require(throws: SpoolError.self) { _ = try RelativePath(text) }
    guard case .badName(let name, _) = error else { throw error }
    #expect(name == text)
  }

  @Test func dotDotHiddenByACombiningAccentIsFound() throws {
    // As characters, ".̷./" is not "..": as bytes, what lies between slashes counts.
    #expect(throws: SpoolError.self) { _ = try RelativePath("a/../\u{301}b") }
  }

  @Test func nulIsRefused() {
    #expect(throws: SpoolError.badName(name: "a\u{0}", reason: "it contains a NUL")) { _ = try RelativePath("a\u{0}") }
  }

  @Test func longestNameIs255Bytes() throws {
    #expect(try RelativePath(String(repeating: "x", count: 255)).name.utf8.count == 255)
  }
}
