import Foundation
import Testing

@testable import ImageAPI

struct Base64Tests {
  private func decoded(_ text: String) throws(Base64.Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    try Base64.decode(text) { piece in for index in piece.indices { bytes.append(piece[index]) } }
    return bytes
  }

  @Test func decoding_isTheInverseOfFoundations() throws {
    for count in 1...300 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count &* 31) }
      let text = Data(bytes).base64EncodedString()
      #expect(try decoded(text) == bytes)
      #expect(Base64.encode(bytes) == Array(text.utf8))
    }
  }

  /// Around the size of the buffer, which is filled more than once.
  @Test(arguments: [262_128, 262_135, 262_136, 262_137, 262_144, 262_145, 800_000])
  func longTexts_areDecoded(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 8) }
    #expect(try decoded(Data(bytes).base64EncodedString()) == bytes)
  }

  @Test func everyPairOfCharacters_isDecodedAsFoundationDoes() throws {
    for first in Base64.alphabet {
      for second in Base64.alphabet {
        let text = String(decoding: [first, second, 0x41, 0x41, second, first, 0x41, first], as: UTF8.self)
        #expect(try decoded(text) == Array(Data(base64Encoded: text)!))
      }
    }
  }

  @Test func everyWrongByte_isFound() {
    for offset in 0..<12 {
      for byte in UInt8.min...UInt8.max where !Base64.isBase64(byte) || (byte == UInt8(ascii: "=") && offset < 10) {
        var text = Array("QUJDREVGR0hJ".utf8)
        text[offset] = byte
        var decoder = Base64Decoder()
        var place = 0
        #expect(throws: Base64.Failure.notInAlphabet(byte: byte, offset: offset)) {
          while place < text.count {
            decoder.decode(text.span, at: &place)
            guard place < text.count else { break }
            try decoder.take(text[place])
            place += 1
          }
        }
      }
    }
  }

  /// Long enough for groups of 32, with one that is cut; each character comes at each place of a group.
  @Test func everyCharacterOfALongText_isDecodedAsFoundationDoes() throws {
    for shift in 0..<64 {
      let text = String(decoding: (0..<140).map { Base64.alphabet[($0 + shift) % 64] }, as: UTF8.self)
      #expect(try decoded(text) == Array(Data(base64Encoded: text)!))
    }
  }

  @Test func everyWrongByteOfALongText_isFound() {
    let text = (0..<96).map { Base64.alphabet[$0 * 7 % 64] }
    var decoder = Base64Decoder()
    for offset in text.indices {
      for byte in UInt8.min...UInt8.max where Base64.sextets[Int(byte)] == Base64.noSextet {
        var wrong = text
        wrong[offset] = byte
        var place = 0
        decoder.reset()
        while decoder.filled < 72, place < 96, wrong[place] != byte { decoder.decode(wrong.span, at: &place) }
        #expect(place == offset)
        #expect(decoder.filled == offset / 4 * 3)
      }
    }
  }

  @Test(arguments: [
    ("", Base64.Failure.empty), ("QUI", .cut(length: 3)), ("QUJDR", .cut(length: 5)), ("QUJ=", .strayBits),
    ("QR==", .strayBits), ("====", .notInAlphabet(byte: 61, offset: 0)), ("Q===", .notInAlphabet(byte: 61, offset: 1)),
    ("QUJD\n", .notInAlphabet(byte: 10, offset: 4)), ("QUJD\nABC", .notInAlphabet(byte: 10, offset: 4)),
    ("QU_-", .notInAlphabet(byte: 95, offset: 2)), ("QQ=A", .notInAlphabet(byte: 61, offset: 2)),
    ("QQ=", .cut(length: 3)), ("QQ==QQ==", .notInAlphabet(byte: 61, offset: 2)),
    ("QUI=QUJD", .notInAlphabet(byte: 61, offset: 3)), ("QUI==", .notInAlphabet(byte: 61, offset: 3)),
  ])
  func looseBase64_isRefused(text: String, failure: Base64.Failure) {
    #expect(throws: failure) { try decoded(text) }
  }
}
