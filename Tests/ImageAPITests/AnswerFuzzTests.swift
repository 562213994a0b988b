import Documents
import Foundation
import Testing

@testable import ImageAPI

/// Answers that were changed at random: whatever comes out, it does not depend on the pieces, and where it is pictures,
/// a reader that has everything in memory finds the same ones.
struct AnswerFuzzTests {
  private static let answers: [[UInt8]] =
    [
      #"{"id": "generate-1", "images": ["\#(tinyPNGBase64)", "AAEC"], "request": {"a": [1, true, null]}, "timing": {"total": 1893}}"#,
      #"{"request": {"prompt": "é\ud83d\ude00\"", "images": ["AAEC"]}, "images": ["AA\/C", "\u0041AEC"], "x": -1.5e+3}"#,
      #"{"created": 1, "data": [{"b64_json": "\#(tinyPNGBase64)"}, {"url": "data:image\/png;base64,AAEC", "n": {}}]}"#,
      #"{"error": "no", "message": "x", "data": [], "id": null}"#,
      "  \n" + #"{ "images" : [ "QQ==" , "QUI=" ] , "a" : [ { } , [ ] ] } "#,
    ].map { Array($0.utf8) } + [tinyPNG]

  @Test func mutatedAnswers_areReadTheSameInEverySplit() {
    var random = SplitMix(seed: 20_26)
    var outcomes: [String: Int] = [:]
    let head = ResponseHead(status: 200, headers: [])
    for _ in 0..<20_000 {
      let body = mutated(Self.answers.randomElement(using: &random)!, &random)
      let whole = Reading(body, head, asked: 2) { max(body.count, 1) }
      let most = [1, 3, 17, 100].randomElement(using: &random)!
      let parts = Reading(body, head, asked: 2) { Int.random(in: 1...most, using: &random) }
      #expect(whole == parts, "\(String(decoding: body, as: UTF8.self))")
      compare(whole, with: body)
      outcomes[whole.error.map { "\($0)".split(separator: " ").prefix(3).joined() } ?? "read", default: 0] += 1
    }
    #expect(outcomes.count > 4 && outcomes["read", default: 0] > 500, "\(outcomes)")
  }

  @Test func mutatedGzip_isReadTheSameInEverySplit() throws {
    var random = SplitMix(seed: 3)
    let head = ResponseHead(status: 200, headers: [.init(name: "content-encoding", value: "gzip")])
    let streams = try Self.answers.map { try gzip($0) }
    for _ in 0..<3000 {
      let body = mutated(streams.randomElement(using: &random)!, &random)
      let whole = Reading(body, head, asked: 2) { max(body.count, 1) }
      let parts = Reading(body, head, asked: 2) { Int.random(in: 1...20, using: &random) }
      #expect(whole == parts, "\(body)")
    }
  }

  private func mutated(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &random)
      let structural = Array(#"{}[]":,\/=eE+-.0utfn "#.utf8)
      switch Int.random(in: 0..<7, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes[place] = structural.randomElement(using: &random)!
      case 2: bytes.insert(structural.randomElement(using: &random)!, at: place)
      case 3: bytes.remove(at: place)
      case 4: bytes.removeSubrange(place..<Int.random(in: place...min(place + 8, bytes.count), using: &random))
      case 5: bytes.removeSubrange(Int.random(in: place...bytes.count, using: &random)...)
      default:
        let end = Int.random(in: place...min(place + 30, bytes.count), using: &random)
        bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
      }
    }
    return bytes
  }

  /// With the whole document in memory, and Foundation's base64.
  private func compare(_ reading: Reading, with body: [UInt8]) {
    let text = String(decoding: body, as: UTF8.self)
    do {
      guard case .object(let object) = try DocumentReader.json(body).value, !ImageArgument.looksLikeAnImage(body) else {
        return
      }
      // These two do not come together from the vendor; the reader takes what comes first.
      if case .array? = object["images"], case .array? = object["data"] { return }
      let items: [JSONValue] =
        switch (object["images"], object["data"]) {
        case (.array(let items)?, _), (_, .array(let items)?): items
        case (_, _): []
        }
      let pictures = items.map { item -> [UInt8]? in
        guard case .string(let text) = strings(of: item) else { return nil }
        let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        let isURI = text.hasPrefix("data:")
        if isURI, ImageArgument.base64(ofDataURI: text) == nil { return nil }
        let base64 = isURI ? String(parts[1]) : text
        guard let data = Data(base64Encoded: base64), !data.isEmpty, data.base64EncodedString() == base64 else {
          return nil
        }
        return Array(data)
      }
      if pictures.contains(nil) || pictures.count != 2 {
        #expect(reading.error != nil, "\(text)")
      } else {
        #expect(reading.images == pictures.compactMap(\.self) && reading.error == nil, "\(text) \(reading)")
      }
    } catch DocumentError.duplicateKey(_, _, _) {
      return
    } catch {
      #expect(reading.error != nil || ImageArgument.looksLikeAnImage(body), "\(text)")
    }
  }

  private func strings(of item: JSONValue) -> JSONValue {
    guard case .object(let object) = item else { return item }
    for key in ["b64_json", "url"] { if case .string? = object[key] { return object[key]! } }
    return .null
  }
}
