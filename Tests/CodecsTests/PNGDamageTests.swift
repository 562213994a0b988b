import Codecs
import Raster
import Testing

/// Which damage is refused, and with which words: what libpng refuses, and what more.
struct PNGDamageTests {
  private static let made: [MadePNG] = [
    MadePNG(), MadePNG(color: 0, depth: 1, transparency: [0, 1]), MadePNG(color: 2, depth: 16, isInterlaced: true),
    MadePNG(color: 3, depth: 4, colors: 10, transparency: [3, 4, 5]), MadePNG(width: 40, height: 30, color: 6),
  ]

  /// Both end in the same way: the same picture, or none for the same reason.
  private func expectSame(_ file: [UInt8], _ words: @autoclosure () -> String) {
    let (found, expected) = (Decoding(file), Decoding.byLibpng(file))
    #expect(found == expected, "\(words())")
  }

  /// As before, but a picture that is damaged twice may be refused for another of the reasons: libpng comes to what
  /// the rows hold before it comes to the end of their chunk, and to its checksum.
  private func expectSameKind(_ file: [UInt8], _ words: @autoclosure () -> String) {
    let (found, expected) = (Decoding(file), Decoding.byLibpng(file))
    if case (.error(.malformed), .error(.malformed)) = (found, expected) { return }
    // A length that is beyond the file and libpng's own limit as well.
    if expected == .error(.malformed(.png, reason: "tRNS: chunk data is too large")), found == .error(.truncated(.png))
    {
      return
    }
    #expect(found == expected, "\(words())")
  }

  @Test(arguments: made.indices)
  func aCutFileIsCutForBoth(_ index: Int) {
    let file = Self.made[index].file
    for count in 8..<file.count { expectSame(Array(file[..<count]), "\(count) bytes") }
  }

  @Test(arguments: made.indices)
  func aFlippedBitIsRefusedAsByLibpng(_ index: Int) {
    let file = Self.made[index].file
    for bit in 8 * 8..<min(file.count, 1024) * 8 {
      var bytes = file
      bytes[bit / 8] ^= 1 << (bit % 8)
      expectSameKind(bytes, "bit \(bit)")
    }
  }

  @Test(arguments: made.indices)
  func aFlippedBitBehindARightChecksumIsRefusedAsByLibpng(_ index: Int) {
    let made = Self.made[index]
    let stream = zlib(made.rows)
    for bit in 0..<stream.count * 8 {
      var bytes = stream
      bytes[bit / 8] ^= 1 << (bit % 8)
      expectSameKind(made.file(bytes), "bit \(bit)")
    }
    for bit in 0..<made.header.count * 8 {
      var header = made.header
      header[bit / 8] ^= 1 << (bit % 8)
      let file = signature + chunk("IHDR", header) + made.file[33...]
      expectSameKind(file, "bit \(bit) of IHDR")
    }
  }

  @Test(arguments: made.indices)
  func aStreamThatEndsEarlyOrLateIsTakenAsByLibpng(_ index: Int) {
    let made = Self.made[index]
    let (rows, stream) = (made.rows, zlib(made.rows))
    for count in 0..<stream.count { expectSameKind(made.file(Array(stream[..<count])), "\(count) bytes of the stream") }
    for count in 0..<rows.count { expectSame(made.file(zlib(Array(rows[..<count]))), "\(count) bytes of rows") }
    for count in [1, 2, 5, 300, 40_000] {
      let surplus = [UInt8](repeating: 7, count: count)
      expectSame(made.file(stream + surplus), "\(count) bytes behind the stream")
      expectSame(made.file(zlib(rows + surplus)), "\(count) bytes of rows too many")
      let cut = zlib(rows + surplus, level: 0)
      for lost in 1...8 { expectSame(made.file(cut.dropLast(lost)), "\(count) too many, \(lost) lost") }
    }
    for filter in 0..<rows.count where filter % 16 == 0 {
      var bytes = rows
      bytes[filter] = 5
      expectSame(made.file(zlib(bytes)), "5 at \(filter)")
    }
  }

  /// libpng inflates all of it, however much a small file comes to.
  @Test func surplusIsNotInflatedWithoutEnd() {
    let made = MadePNG()
    let little = made.file(zlib(made.rows + [UInt8](repeating: 0, count: 1 << 20)))
    #expect(throws: Never.self) { _ = try PNG.decode(little.span, limits: Limits()) }
    let much = made.file(zlib(made.rows + [UInt8](repeating: 0, count: (1 << 20) + 65_536)))
    #expect(throws: CodecError.malformed(.png, reason: "Too much image data")) {
      _ = try PNG.decode(much.span, limits: Limits())
    }
  }

  @Test func chunksOutOfPlaceAreTakenAsByLibpng() {
    let rgb = MadePNG()
    let indexed = MadePNG(color: 3, depth: 2, colors: 3, transparency: [1, 2])
    let gray = MadePNG(color: 0, depth: 8)
    let rest = chunk("IDAT", zlib(rgb.rows)) + chunk("IEND", [])
    let pixels = chunk("IDAT", zlib(rgb.rows))
    let end = chunk("IEND", [])
    let head = signature + chunk("IHDR", rgb.header)
    let key = chunk("tRNS", [0, 1, 0, 2, 0, 3])
    let colors = chunk("PLTE", [1, 2, 3])
    func broken(_ chunk: [UInt8]) -> [UInt8] { chunk.dropLast() + [chunk.last.map { ~$0 } ?? 0] }
    let files: [String: [UInt8]] = [
      "PLTE before IHDR": signature + colors + head[8...] + rest,
      "tRNS before IHDR": signature + key + head[8...] + rest,
      "IDAT before IHDR": signature + pixels + head[8...] + rest,
      "IEND before IDAT": head + end,
      "no IDAT": head + chunk("tEXt", [1]),
      "two IHDR": head + head[8...] + rest,
      "IHDR behind the pixels": head + pixels + head[8...] + end,
      "long IHDR": signature + chunk("IHDR", rgb.header + [0]) + rest,
      "short IHDR": signature + chunk("IHDR", rgb.header.dropLast()) + rest,
      "PLTE of RGB": head + colors + rest,
      "broken PLTE of RGB": head + broken(colors) + rest,
      "empty PLTE of RGB": head + chunk("PLTE", []) + rest,
      "odd PLTE of RGB": head + chunk("PLTE", [1, 2]) + rest,
      "long PLTE of RGB": head + chunk("PLTE", [UInt8](repeating: 1, count: 771)) + rest,
      "two PLTE": head + colors + colors + rest,
      "PLTE behind the pixels": head + pixels + colors + end,
      "PLTE and tRNS": head + colors + key + rest,
      "tRNS and PLTE": head + key + colors + rest,
      "two tRNS": head + key + key + rest,
      "tRNS of RGB too short": head + chunk("tRNS", [0, 1]) + rest,
      "broken tRNS behind the pixels": head + pixels + broken(key) + end,
      "tRNS behind the pixels": head + pixels + key + end,
      "tRNS with alpha": MadePNG(color: 6, transparency: [0, 1]).file,
      "key beyond the samples": MadePNG(color: 0, depth: 2, transparency: [0xFF, 0xFE]).file,
      "gray with PLTE": gray.beforePixels + colors + gray.file[33...],
      "gray with an empty PLTE": gray.beforePixels + chunk("PLTE", []) + gray.file[33...],
      "gray with two PLTE": gray.beforePixels + colors + colors + gray.file[33...],
      "palette without PLTE": signature + chunk("IHDR", indexed.header) + rest,
      "palette with tRNS first": signature + chunk("IHDR", indexed.header) + chunk("tRNS", [1]) + colors + rest,
      "palette with a longer tRNS": MadePNG(color: 3, depth: 2, colors: 3, transparency: [1, 2, 3, 4]).file,
      "palette with more colours than indices": MadePNG(color: 3, depth: 1, colors: 200, transparency: [1, 2]).file,
      "palette with more alphas than indices": MadePNG(color: 3, depth: 1, colors: 200, transparency: [1, 2, 3]).file,
      "palette of 257": MadePNG(color: 3, depth: 8, colors: 257).file,
      "empty PLTE": signature + chunk("IHDR", indexed.header) + chunk("PLTE", []) + rest,
      "odd PLTE": signature + chunk("IHDR", indexed.header) + chunk("PLTE", [1, 2]) + rest,
      "broken text": head + broken(chunk("tEXt", [1])) + rest,
      "unknown critical": head + chunk("ABCD", [1]) + rest,
      "broken unknown critical": head + broken(chunk("ABCD", [1])) + rest,
      "broken unknown critical behind the pixels": head + pixels + broken(chunk("ABCD", [1])) + end,
      "no letter": head + chunk("tE[t", [1]) + rest,
      "no letter behind the pixels": head + pixels + chunk("tE1t", [1]) + end,
      "reserved letter": head + chunk("text", [1]) + rest,
      "pixels apart": head + chunk("IDAT", Array(zlib(rgb.rows)[..<9])) + chunk("tEXt", [1])
        + chunk("IDAT", Array(zlib(rgb.rows)[9...])) + end,
      "pixels twice": head + pixels + chunk("tEXt", [1]) + pixels + end,
      "broken pixels behind the pixels": head + pixels + chunk("tEXt", [1]) + broken(pixels) + end,
      "IEND with data": head + pixels + chunk("IEND", [1, 2]),
      "broken IEND": head + pixels + broken(end),
      "bytes behind IEND": head + rest + [1, 2, 3],
      "a length beyond 31 bits": head + UInt32(0x8000_0000).fourBytes + Array("tEXt".utf8) + rest,
      "a length beyond the file": head + UInt32(0x7FFF_FFFF).fourBytes + Array("tEXt".utf8) + rest,
      "no pixels' data": head + chunk("IDAT", []) + end,
    ]
    for (name, file) in files { expectSame(file, name) }
  }

  /// libpng skips what follows the pixels unread, unless it is asked for what it says, and knows of few chunks that they
  /// come too early. The chunks would be copied into outputs that keep the file.
  @Test func chunksThatLibpngSkipsAreRefused() {
    let made = MadePNG()
    let head = signature + chunk("IHDR", made.header)
    let rest = chunk("IDAT", zlib(made.rows))
    for (file, reason) in [
      (signature + chunk("teXt", [1]) + made.file[8...], "teXt: missing IHDR"),
      (signature + chunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0]) + made.file[8...], "acTL: missing IHDR"),
      (head + rest + chunk("ABCD", [1]) + chunk("IEND", []), "ABCD: unhandled critical chunk"),
    ] {
      #expect(Decoding.byLibpng(file) == .byLibpng(made.file))
      #expect(Decoding(file) == .error(.malformed(.png, reason: reason)))
    }
  }

  @Test func everyHeaderIsTakenAsByLibpng() {
    var made = MadePNG(width: 2, height: 2)
    for color in 0...8 as ClosedRange<UInt8> {
      for depth in 0...17 {
        (made.color, made.depth) = (color, depth)
        made.colors = color == 3 ? 2 : 0
        // Rows enough for any of them.
        expectSame(made.file(zlib([UInt8](repeating: 0, count: 200))), "type \(color) of \(depth)")
      }
    }
    for (place, value) in [(0, UInt8(0x80)), (3, 0), (4, 0x80), (7, 0), (10, 1), (11, 1), (11, 64), (12, 2), (12, 255)]
    {
      var header = MadePNG().header
      header[place] = value
      expectSame(signature + chunk("IHDR", header) + MadePNG().file[33...], "\(value) at \(place)")
    }
  }
}
