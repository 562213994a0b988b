import Requests
import Testing

/// Requests come from anybody: whatever the bytes are, they become a request or an error with a place.
@Suite struct AnyBytesTests {
  private static let seeds = [
    """
    pipeline: web
    name: "venice \\u00e9"
    labels: &l { campaign: autumn, 'x': 1.5 }
    generate:
      model: m
      prompt: |
        A serene canal
      style_references: [{ image: a.png, strength: 0.5 }, *l]
    then:
      - upscale: { scale: 2 }
      - !!map { edit: { prompt: >-
          folded } }
    """,
    #"{"name":"a","multi-edit":{"prompt":"\ud83d\ude00","images":["a.png","https://x.example/y"]},"then":[{"upscale":{"scale":2}}]}"#,
  ]

  @Test(arguments: [("r.yaml", 0), ("r.yaml", 1), ("r.json", 1)])
  func theyBecomeARequestOrAnError(path: String, seed: Int) throws {
    let reader = RequestReader(pipelines: try Fixtures.catalog())
    let alphabet = Array("{}[]:,\"'\\&*!|>-?#%@`~ \n\t\r0aé".utf8) + [0, 0xFF, 0xC3, 0x80, 0xEF, 0xBB, 0xBF]
    var state: UInt64 = 0x2545_F491_4F6C_DD1D
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    for _ in 0..<rounds {
      var bytes = Array(Self.seeds[seed].utf8)
      for _ in 0...next(4) {
        let index = next(bytes.count)
        switch next(4) {
        case 0: bytes.remove(at: index)
        case 1: bytes.insert(alphabet[next(alphabet.count)], at: index)
        case 2: bytes[index] = alphabet[next(alphabet.count)]
        default: bytes.append(contentsOf: bytes[index...].prefix(200))
        }
      }
      if next(8) == 0 { bytes.removeLast(next(bytes.count)) }
      do throws(RequestError) {
        _ = try reader.read(bytes, path: path)
      } catch {
        #expect(error.position.line >= 1 && error.position.column >= 1)
        #expect(!error.description.isEmpty)
      }
    }
  }

  private let rounds = 300
}
