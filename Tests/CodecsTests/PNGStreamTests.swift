import Codecs
import Raster
import Testing

/// Streams that no compressor writes, each of them black pixels for who reads it.
struct PNGStreamTests {
  private struct Made {
    let name: String
    /// Of rows, the filter's byte included.
    let count: Int
    let bits: DeflateBits

    init(_ name: String, _ count: Int, _ write: (inout DeflateBits) -> Void) {
      self.name = name
      self.count = count
      var bits = DeflateBits()
      write(&bits)
      self.bits = bits
    }

    var file: [UInt8] {
      MadePNG(width: count - 1, height: 1, color: 0).file(bits.stream(ofZeros: count))
    }
  }

  private static func lengths(_ known: [Int: Int], _ count: Int = 258) -> [Int] {
    (0..<count).map { known[$0] ?? 0 }
  }

  /// A block of a zero, and then of what `symbols` say.
  private static func block(
    _ name: String, _ count: Int, literals: [Int], distances: [Int],
    _ symbols: @escaping (inout DeflateBits, _ literals: [(value: Int, count: Int)]) -> Void
  ) -> Made {
    Made(name, count) { bits in
      bits.dynamic(
        (literals + distances).map(DeflateBits.Step.length), literals: literals.count, distances: distances.count)
      let codes = DeflateBits.codes(literals)
      bits.code(codes[0])
      symbols(&bits, codes)
    }
  }

  /// A zero, three more by a distance whose code is `code`, and the end.
  private static func distance(_ name: String, _ distances: [Int], _ code: (Int, Int)) -> Made {
    block(name, 4, literals: lengths([0: 1, 256: 2, 257: 2]), distances: distances) { bits, codes in
      bits.code(codes[257])
      bits.code(code.0, code.1)
      bits.code(codes[256])
    }
  }

  /// Lengths 1 for 0 and 256, and then `rest` in place of one distance.
  private static func runs(_ name: String, _ rest: [DeflateBits.Step]) -> Made {
    var lengthCodes = [Int](repeating: 0, count: 19)
    for symbol in [0, 1, 2, 3, 4, 16, 17, 18] { lengthCodes[symbol] = 3 }
    return Made(name, 1 + 1) { bits in
      bits.stored(zeros: 1)
      bits.dynamic(
        [
          .length(1), .run(symbol: 18, extra: 127, bits: 7), .run(symbol: 18, extra: 106, bits: 7), .length(1),
        ] + rest, literals: 257, distances: 1, lengthCodes: lengthCodes)
      bits.code(0, 1)
      bits.code(1, 1)
    }
  }

  private static func fixed(_ bits: inout DeflateBits) {
    bits.number(1, 1)
    bits.number(1, 2)
  }

  private static let sound = [
    runs("runs", [.length(0)]),
    distance("one distance of one bit", [1], (0, 1)),
    block("no distance, unused", 2, literals: lengths([0: 1, 256: 1]), distances: [0]) { bits, codes in
      bits.code(codes[0])
      bits.code(codes[256])
    },
  ]

  /// What has no meaning in deflate: codes that no symbol has, symbols that stand for nothing, more codes than there can
  /// be.
  private static let senseless =
    [286, 287].map { symbol in
      Made("length \(symbol)", 259) { bits in
        fixed(&bits)
        bits.code(0x30, 8)
        bits.code(0xC0 + symbol - 280, 8)
        bits.code(0, 5)
        bits.code(0, 7)
      }
    }
    + [30, 31].map { symbol in
      Made("distance \(symbol)", 60_003) { bits in
        bits.stored(zeros: 60_000)
        fixed(&bits)
        bits.code(1, 7)
        bits.code(symbol, 5)
        bits.number(0, 14)
        bits.code(0, 7)
      }
    }
    + [
      distance("one distance of one bit, another code", [1], (1, 1)),
      distance("no distance, used", [0], (0, 1)),
      Made("only an end, another code", 9) { bits in
        bits.stored(zeros: 9)
        bits.dynamic(
          (lengths([256: 1], 257) + [0]).map(DeflateBits.Step.length), literals: 257, distances: 1)
        bits.code(1, 1)
      },
      runs("a run beyond the lengths", [.run(symbol: 17, extra: 0, bits: 3)]),
    ]
    + [287, 288].map { count in
      block("\(count) literals and lengths", 1 + 1, literals: lengths([0: 1, 256: 1], count), distances: [0]) {
        $0.code($1[0])
        $0.code($1[256])
      }
    }
    + [31, 32].map { count in
      let distances = [Int](repeating: 0, count: count)
      return block("\(count) distances", 1 + 1, literals: lengths([0: 1, 256: 1]), distances: distances) {
        $0.code($1[0])
        $0.code($1[256])
      }
    }

  /// Codes that leave room for others: whoever reads them at all reads the same.
  private static let incomplete = [
    distance("one distance of two bits", [2], (0, 2)),
    distance("distances of one and two bits", [1, 2], (0, 1)),
    block("lengths of one and two bits", 2, literals: lengths([0: 1, 256: 2]), distances: [0]) { bits, codes in
      bits.code(codes[0])
      bits.code(codes[256])
    },
    Made("only an end, of two bits", 9) { bits in
      bits.stored(zeros: 9)
      bits.dynamic((lengths([256: 2], 257) + [0]).map(DeflateBits.Step.length), literals: 257, distances: 1)
      bits.code(0, 2)
    },
  ]

  private static let oversubscribed = [
    distance("three distances of one bit", [1, 1, 1], (0, 1)),
    block("three lengths of one bit", 2, literals: lengths([0: 1, 1: 1, 256: 1]), distances: [0]) { bits, codes in
      bits.code(codes[0])
      bits.code(codes[256])
    },
  ]

  private func black(_ count: Int) -> Decoding {
    .picture(Size(width: count - 1, height: 1), .gray8, [UInt8](repeating: 0, count: count - 1))
  }

  @Test func soundCodesAreReadByAll() {
    for made in Self.sound {
      #expect(Decoding(made.file) == black(made.count), "\(made.name)")
      #expect(Decoding.byLibpng(made.file) == black(made.count), "\(made.name)")
    }
  }

  @Test func whatHasNoMeaningIsRefusedInLibpngsWords() {
    for made in Self.senseless + Self.oversubscribed {
      guard case .error(.malformed) = Decoding.byLibpng(made.file) else {
        Issue.record("libpng reads \(made.name)")
        continue
      }
      #expect(Decoding(made.file) == .byLibpng(made.file), "\(made.name)")
    }
  }

  /// zlib refuses them, so that damage is found early; ISA-L does not. There is one way to read them.
  @Test func codesThatLeaveRoomAreRead() {
    for made in Self.incomplete {
      guard case .error(.malformed) = Decoding.byLibpng(made.file) else {
        Issue.record("libpng reads \(made.name)")
        continue
      }
      #expect(Decoding(made.file) == black(made.count), "\(made.name)")
    }
  }

  /// What the inflater has read and not yet written comes out, wherever a band of rows or a chunk ends.
  @Test(arguments: [1, 6, 9])
  func rowsOfManyBandsAreReadAsByLibpng(_ level: Int32) {
    for (width, height, filter) in [(700, 500, nil), (70_000, 3, nil), (3, 60_000, 2), (30_000, 12, 0)]
      as [(Int, Int, UInt8?)]
    {
      let made = MadePNG(width: width, height: height, filter: filter)
      for rows in [made.rows, [UInt8](repeating: 0, count: made.rows.count)] {
        let stream = zlib(rows, level: level)
        let parts = stride(from: 0, to: stream.count, by: 8191).flatMap { start in
          chunk("IDAT", Array(stream[start..<min(start + 8191, stream.count)]))
        }
        let file = made.beforePixels + parts + chunk("IEND", [])
        let limits = Limits(pixels: 1_000_000)
        let same = Decoding(file, limits: limits) == .byLibpng(file, limits: limits)
        #expect(same, "\(made)")
        let cut = made.file(stream.dropLast(5))
        let isSameRefusal = Decoding(cut, limits: limits) == .byLibpng(cut, limits: limits)
        #expect(isSameRefusal, "\(made), cut")
      }
    }
  }
}
