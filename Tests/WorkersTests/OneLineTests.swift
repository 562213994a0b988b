import Testing

@testable import Workers

@Suite struct OneLineTests {
  @Test func linesBecomeOneWithoutWhatMovesACursor() {
    let text = "  one\n\n\u{1B}[2Jtwo\u{202E}\r\n\tthree\u{2028}four"
    #expect(OneLine.text(text, keeping: .end) == "one | [2Jtwo | three | four")
    #expect(OneLine.text(" \n\u{7}", keeping: .end) == "")
  }

  @Test func ofATextThatIsTooLongThePartThatIsAskedForIsKept() {
    #expect(OneLine.text("abcdef", limit: 6, keeping: .beginning) == "abcdef")
    #expect(OneLine.text("abcdef", limit: 3, keeping: .beginning) == "abc…")
    #expect(OneLine.text("abcdef", limit: 3, keeping: .end) == "…def")
  }
}
