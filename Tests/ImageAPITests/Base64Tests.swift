import Foundation
import Testing

@testable import ImageAPI

struct Base64Tests {
  @Test func decoding_isTheInverseOfFoundations() throws {
    for count in 1...300 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count &* 31) }
      let text = Data(bytes).base64EncodedString()
      #expect(try Base64.decode(text) == bytes)
      #expect(Base64.encode(bytes) == text)
    }
  }

  @Test func everyWrongByte_isFound() {
    for offset in 0..<12 {
      for byte in UInt8.min...UInt8.max where !Base64.isBase64(byte) || (byte == UInt8(ascii: "=") && offset < 10) {
        var text = Array("QUJDREVGR0hJ".utf8)
        text[offset] = byte
        #expect(throws: Base64.Failure.notInAlphabet(byte: byte, offset: offset)) { try Base64.decode(text.span) }
      }
    }
  }

  @Test(arguments: [
    ("", Base64.Failure.empty), ("QUI", .cut(length: 3)), ("QUJDR", .cut(length: 5)), ("QUJ=", .strayBits),
    ("QR==", .strayBits), ("====", .notInAlphabet(byte: 61, offset: 0)), ("Q===", .notInAlphabet(byte: 61, offset: 1)),
    ("QUJD\n", .cut(length: 5)), ("QUJD\nABC", .notInAlphabet(byte: 10, offset: 4)),
    ("QU_-", .notInAlphabet(byte: 95, offset: 2)),
  ])
  func looseBase64_isRefused(text: String, failure: Base64.Failure) {
    #expect(throws: failure) { try Base64.decode(text) }
  }
}
