import Testing

@testable import ImageAPI

/// Keeps originals in memory, and insists on the order of the calls.
struct CollectedOriginals: OriginalSink {
  struct Full: Error {}

  /// The whole ones.
  private(set) var images: [[UInt8]] = []
  /// The one that was begun.
  private(set) var open: [UInt8]?
  /// The largest piece.
  private(set) var mostAtOnce = 0
  /// Bytes that it takes before it fails.
  var room = Int.max

  mutating func begin(_ index: Int) throws(Full) {
    #expect(open == nil && index == images.count)
    open = []
  }

  mutating func append(_ bytes: Span<UInt8>) throws(Full) {
    #expect(open != nil && bytes.count > 0)
    room -= bytes.count
    guard room >= 0 else { throw Full() }
    for index in bytes.indices { open?.append(bytes[index]) }
    mostAtOnce = max(mostAtOnce, bytes.count)
  }

  mutating func end() throws(Full) {
    images.append(open!)
    open = nil
  }
}

/// What reading an answer came to.
struct Reading: Equatable, CustomStringConvertible {
  var facts: AnswerFacts?
  var error: AnswerError?
  /// Those that were whole, before an error too.
  var images: [[UInt8]] = []

  var description: String { "\(error.map { "\($0)" } ?? "\(String(describing: facts))"), \(images.map(\.count))" }

  /// - Parameter size: bytes of the next piece.
  init(
    _ body: [UInt8], _ head: ResponseHead, asked: Int, inflatedLimit: Int = AnswerReader.inflatedLimit,
    size: () -> Int
  ) {
    var sink = CollectedOriginals()
    var reader = AnswerReader(head: head, asked: asked, inflatedLimit: inflatedLimit)
    do throws(AnswerFailure<CollectedOriginals.Full>) {
      var offset = 0
      while offset < body.count {
        let end = min(offset + size(), body.count)
        let piece = body[offset..<end]
        try reader.read(piece.span, into: &sink)
        offset = end
      }
      facts = try reader.finish(into: &sink)
      #expect(sink.open == nil)
    } catch {
      switch error {
      case .answer(let failure): self.error = failure
      case .sink: Issue.record("the sink has room")
      }
    }
    images = sink.images
  }

  /// Reads the whole at once, byte by byte, in two pieces at every place, and in random pieces; all must agree.
  static func ofEverySplit(
    _ body: [UInt8], _ headers: [(String, String)] = [], asked: Int = 1,
    inflatedLimit: Int = AnswerReader.inflatedLimit,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> Reading {
    let head = ResponseHead(status: 200, headers: headers.map { .init(name: $0.0, value: $0.1) })
    func reading(_ size: () -> Int) -> Reading {
      Reading(body, head, asked: asked, inflatedLimit: inflatedLimit, size: size)
    }
    let whole = reading { body.count }
    #expect(reading { 1 } == whole, sourceLocation: sourceLocation)
    for place in 1..<max(2, min(body.count, 600)) {
      var isFirst = true
      let parts = reading {
        defer { isFirst = false }
        return isFirst ? place : body.count
      }
      #expect(parts == whole, "cut at \(place)", sourceLocation: sourceLocation)
    }
    var random = SplitMix(seed: 7)
    for _ in 0..<20 {
      #expect(
        reading { Int.random(in: 1...max(1, body.count / 4), using: &random) } == whole, sourceLocation: sourceLocation)
    }
    return whole
  }
}

/// Repeatable randomness (SplitMix64).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
