import Codecs
import Raster
import Testing

/// The reader beside libpng.
struct PNGReaderTests {
  private static let sizes =
    (1...9).flatMap { width in (1...9).map { (width, $0) } } + [
      (33, 1), (1, 33), (257, 3), (300, 2), (70, 41), (1100, 5),
    ]

  @Test(arguments: MadePNG.kinds.indices, [false, true])
  func everyKindFilterAndSizeIsReadAsByLibpng(_ kind: Int, _ isInterlaced: Bool) {
    let (color, depth) = MadePNG.kinds[kind]
    let transparencies: [[UInt8]] =
      switch color {
      case 0: [[], [0, 0], [0x11, 0x11], [0xFF, 0xFF]]
      case 2: [[], [0, 0, 0, 0, 0, 0], [0, 0x11, 0, 0, 0xFF, 0x01]]
      case 3: [[], [0], [7, 200]]
      default: [[]]
      }
    for (width, height) in Self.sizes {
      for filter in [nil, 0, 1, 2, 3, 4] as [UInt8?] {
        for transparency in transparencies {
          // A palette that is too short for some of the indices.
          let made = MadePNG(
            width: width, height: height, color: color, depth: depth, isInterlaced: isInterlaced, filter: filter,
            colors: color == 3 ? max(2, (1 << depth) * 3 / 4) : 0, transparency: transparency)
          let file = made.file
          let found = Decoding(file)
          guard case .picture = found else {
            Issue.record("\(made): \(found)")
            continue
          }
          #expect(found == .byLibpng(file), "\(made)")
        }
      }
    }
  }

  @Test func samplesThatMeetAFilterInEveryWayAreAsInLibpng() {
    // Of each filter every pair of left and above, and of Paeth many corners: by random rows of each size of a pixel.
    for (color, depth) in MadePNG.kinds where depth >= 8 && color != 3 {
      for filter in 1...4 as ClosedRange<UInt8> {
        let file = MadePNG(width: 400, height: 300, color: color, depth: depth, filter: filter).file
        #expect(Decoding(file) == .byLibpng(file), "type \(color) of \(depth), filter \(filter)")
      }
    }
  }

  @Test(arguments: [(UInt8(2), 8, false), (3, 2, true), (6, 16, false)])
  func pixelsMayBeSplitAnywhere(_ color: UInt8, _ depth: Int, _ isInterlaced: Bool) {
    let made = MadePNG(color: color, depth: depth, isInterlaced: isInterlaced, colors: color == 3 ? 4 : 0)
    let whole = Decoding.byLibpng(made.file)
    let stream = zlib(made.rows)
    func file(_ parts: [[UInt8]]) -> [UInt8] {
      made.beforePixels + parts.flatMap { chunk("IDAT", $0) } + chunk("IEND", [])
    }
    for cut in 0...stream.count {
      #expect(Decoding(file([Array(stream[..<cut]), Array(stream[cut...])])) == whole)
    }
    #expect(Decoding(file(stream.map { [$0] })) == whole)
    #expect(Decoding(file([[], [], stream, []])) == whole)
    #expect(Decoding(file([[], Array(stream[..<9]), [], [], Array(stream[9...])])) == whole)
  }

  @Test func aWindowThatIsSaidTooSmallIsNoDamage() {
    // libpng refuses it, because zlib then keeps too little of what it has written; the rows are all there, and sound.
    let made = MadePNG(width: 400, height: 20, filter: 0)
    let row = Array(made.rows[..<1201])
    let stream = zlib([[UInt8]](repeating: row, count: 20).flatMap(\.self), level: 6)
    let expected = Decoding.picture(
      Size(width: 400, height: 20), .rgb8, [[UInt8]](repeating: Array(row[1...]), count: 20).flatMap(\.self))
    #expect(Decoding(made.file(stream)) == expected)
    // 256 bytes instead of 32 KiB (RFC 1950 2.2).
    let narrow = made.file([0x08, 0x1D] + stream[2...])
    #expect(Decoding(narrow) == expected)
    #expect(Decoding.byLibpng(narrow) == .error(.malformed(.png, reason: "IDAT: invalid distance too far back")))
  }

  @Test func framesAreCountedBeforeThePixels() throws {
    func isAnimated(_ chunks: [UInt8], behind: [UInt8] = []) throws -> Bool {
      let made = MadePNG()
      let head = signature + chunk("IHDR", made.header)
      let file = head + chunks + chunk("IDAT", zlib(made.rows)) + behind + chunk("IEND", [])
      return try PNG.header(file.span).isAnimated
    }
    func frames(_ count: UInt8) -> [UInt8] { chunk("acTL", [0, 0, 0, count, 0, 0, 0, 0]) }
    #expect(try isAnimated(frames(2)))
    #expect(try isAnimated(chunk("tEXt", [1]) + frames(2) + frames(1)))
    #expect(try !isAnimated(frames(1) + frames(2)))
    #expect(try !isAnimated([], behind: frames(2)))
    #expect(try !isAnimated(chunk("acTL", [0, 0, 2])))
  }

  @Test func ownFilesAreReadAsByLibpng() throws {
    for pattern in Pattern.all {
      for layout in [.gray8, .rgba8, Layout(.rgb, .sixteen)] {
        let file = try PNG.encode(pattern.draw(31, 17, layout), options: PNG.Options())
        #expect(Decoding(file) == .byLibpng(file), "\(pattern.name) \(layout)")
      }
    }
  }
}
