import Metadata
import Processing
import Testing

@Suite struct VisibleTextTests {
  @Test func nothingForeignMovesACursorOrBeginsALine() {
    #expect("a\u{1B}[31mb\u{9B}c\u{7F}\r\n".visible == #"a\u001b[31mb\u009bc\u007f\u000d\u000a"#)
    #expect("\u{202E}evil\u{2066}\u{2028}\u{FEFF}".visible == #"\u202eevil\u2066\u2028\ufeff"#)
    #expect("a\n\tb\u{1B}".visibleLines == "a\n\tb\\u001b")
  }

  @Test func wordsAndEmojiStayAsTheyAre() {
    for text in ["Zoé 画 ñ", "👩‍👩‍👧 می‌خواهم", "שלום", #"C:\u"#] { #expect(text.visible == text) }
  }

  @Test func aWarningIsOneLineWhateverTheFileSays() {
    let keyword = "k\u{1B}[2J\nwarning: forged"
    let warning = ProcessingWarning.metadata(
      template: "a.webp", .dropped(.text, reason: "webp has no place for \(keyword)"))
    #expect(
      warning.description
        == #"output "a.webp": text is left out: webp has no place for k\u001b[2J\u000awarning: forged"#)
  }
}
