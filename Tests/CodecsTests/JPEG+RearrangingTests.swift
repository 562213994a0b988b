import Codecs
import Foundation
import Raster
import Testing

struct JPEGRearrangingTests {
  static let turns: [(Orientation, [String])] = [
    (.upright, []), (.mirrored, ["-flip", "horizontal"]), (.rotated180, ["-rotate", "180"]),
    (.flipped, ["-flip", "vertical"]), (.transposed, ["-transpose"]), (.rotated90, ["-rotate", "90"]),
    (.transversed, ["-transverse"]), (.rotated270, ["-rotate", "270"]),
  ]

  /// Whole blocks on every side, of every usual sampling; gray, progressive, CMYK.
  static let files: [(name: String, arguments: [String])] = [
    ("4:4:4", ["-sample", "1x1"]), ("4:2:2", ["-sample", "2x1"]), ("4:2:0", ["-sample", "2x2"]),
    ("4:4:0", ["-sample", "1x2"]), ("4:1:1", ["-sample", "4x1"]), ("gray", ["-grayscale"]),
    ("progressive", ["-sample", "2x1", "-progressive"]), ("rgb", ["-rgb"]), ("restarts", ["-restart", "1"]),
    ("arithmetic", ["-arithmetic"]),
  ]

  @Test(arguments: files.map(\.name))
  func turnedPixelsAreThoseOfJpegtran(_ name: String) throws {
    let arguments = try #require(Self.files.first { $0.name == name }).arguments
    let file = try cjpeg(64, 96, arguments)
    for (orientation, turn) in Self.turns {
      let rearranged = try JPEG.rearranged(file.span, by: orientation, limits: Limits())
      guard case .file(let found) = rearranged else {
        Issue.record("\(orientation): \(rearranged)")
        continue
      }
      let expected = try jpegtran(file, turn)
      #expect(firstDifference(try pixels(found), try pixels(expected)) == nil, "\(orientation)")
      #expect(try JPEG.header(found.span).coding.contains("progressive") == (name == "progressive"))
    }
  }

  @Test(arguments: Orientation.allCases)
  func turningBackGivesTheSameCoefficients(_ orientation: Orientation) throws {
    let file = try cjpeg(64, 96, ["-sample", "2x2"])
    let back: Orientation =
      switch orientation {
      case .rotated90: .rotated270
      case .rotated270: .rotated90
      default: orientation
      }
    let turned = try #require(try JPEG.rearranged(file.span, by: orientation, limits: Limits()).bytes)
    let returned = try #require(try JPEG.rearranged(turned.span, by: back, limits: Limits()).bytes)
    let copied = try #require(try JPEG.rearranged(file.span, by: .upright, limits: Limits()).bytes)
    #expect(firstDifference(returned, copied) == nil)
  }

  /// Which edges are moved: the right one and the lower one by themselves, and both.
  @Test(arguments: turns.map(\.0), [(64, 90), (60, 96), (60, 90)])
  func partialBlocksAreNotMoved(_ orientation: Orientation, _ size: (Int, Int)) throws {
    let file = try cjpeg(size.0, size.1, ["-sample", "2x2"])
    let turn = try #require(Self.turns.first { $0.0 == orientation }).1
    let rearranged = try JPEG.rearranged(file.span, by: orientation, limits: Limits())
    if let expected = try? jpegtran(file, turn) {
      let found = try #require(rearranged.bytes)
      #expect(firstDifference(try pixels(found), try pixels(expected)) == nil)
    } else {
      #expect(rearranged == .impossible(.partialBlocks(block: Size(width: 16, height: 16))))
    }
  }

  @Test(arguments: turns.map(\.0))
  func aPartIsCutBetweenBlocks(_ orientation: Orientation) throws {
    let file = try cjpeg(64, 96, ["-sample", "2x1"])
    let turn = try #require(Self.turns.first { $0.0 == orientation }).1
    // Blocks are 16x8.
    let left = 16
    let top = orientation.swapsSides ? 16 : 8
    let part = JPEG.Part(left: left, top: top, size: Size(width: 33, height: 21))
    let found = try #require(try JPEG.rearranged(file.span, by: orientation, part: part, limits: Limits()).bytes)
    let expected = try jpegtran(file, turn + ["-crop", "33x21+\(left)+\(top)"])
    #expect(try JPEG.header(found.span).size == part.size)
    #expect(firstDifference(try pixels(found), try pixels(expected)) == nil)
    let within = JPEG.Part(left: left, top: top + 1, size: Size(width: 9, height: 9))
    let block = orientation.swapsSides ? Size(width: 16, height: 16) : Size(width: 16, height: 8)
    #expect(
      try JPEG.rearranged(file.span, by: orientation, part: within, limits: Limits())
        == .impossible(.partWithinBlocks(block: block)))
  }

  @Test func unusualSamplingIsSaid() throws {
    let file = try cjpeg(64, 96, ["-sample", "2x2,2x1,1x1"])
    #expect(
      try JPEG.rearranged(file.span, by: .mirrored, limits: Limits())
        == .impossible(.sampling("YCbCr 2x2,2x1,1x1")))
  }

  @Test func metadataIsLeftBehindAndInkStaysInk() throws {
    let ink = Fixtures.named("jpeg-cmyk")
    let found = try #require(try JPEG.rearranged(ink.file.span, by: .upright, limits: Limits()).bytes)
    #expect(firstDifference(try JPEG.decode(found.span, limits: Limits()).samples, ink.pixels) == nil)
    let file = try cjpeg(16, 16, [])
    // A comment behind the beginning of the file.
    let commented = file.prefix(2) + [0xFF, 0xFE, 0, 7] + Array("Hello".utf8) + file.dropFirst(2)
    let bare = try #require(try JPEG.rearranged(Array(commented).span, by: .upright, limits: Limits()).bytes)
    #expect(!String(decoding: bare, as: UTF8.self).contains("Hello"))
  }

  @Test func cutAndDamagedFilesAreErrors() throws {
    let file = try cjpeg(64, 96, [])
    for count in stride(from: 20, to: file.count - 2, by: 97) {
      #expect(throws: CodecError.self) {
        try JPEG.rearranged(Array(file[..<count]).span, by: .mirrored, limits: Limits())
      }
    }
    #expect(throws: CodecError.self) {
      try JPEG.rearranged(Fixtures.hostile("ended-early.jpg").span, by: .upright, limits: Limits())
    }
    #expect(throws: CodecError.tooManyPixels(found: Size(width: 64, height: 96), limit: 5)) {
      try JPEG.rearranged(file.span, by: .mirrored, limits: Limits(pixels: 5))
    }
  }

  /// Ink without Adobe's segment is not inverted, and libjpeg puts one before all ink that it writes.
  @Test(arguments: ["jpeg-cmyk", "jpeg-cmyk-plain"])
  func inkStaysWhatItIs(_ name: String) throws {
    let file = Fixtures.named(name).file
    let copied = try #require(try JPEG.rearranged(file.span, by: .upright, limits: Limits()).bytes)
    let expected = try JPEG.decode(file.span, limits: Limits())
    let found = try JPEG.decode(copied.span, limits: Limits())
    #expect(firstDifference(found.samples, expected.samples) == nil)
  }

  /// A picture of 16x16 with coefficients that no samples of 8 bits have: decoders bound what comes of them, and the Huffman
  /// coder would write what nobody can read.
  @Test func coefficientsThatCannotBeWrittenAreRefused() throws {
    let file = try #require(
      Data(
        base64Encoded: """
          /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAKBwcIBwYKCAgICwoKCw4YEA4NDQ4dFRYRGCMfJSQiHyIhJis3LyYpNCkhIjBBMTQ5Oz4+
          PiUuRElDPEg3PT47/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIB
          AwMCBAMFBQQEAAABfQECAwB+EQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZH
          SElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV
          1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwDg/DH8FcH/AMIx/wBM/wBK8itrbzscV7NXsHhj+Cj/AIRj
          /pn+la9toPnY+SivH/DH8Fewf8Ix/wBM/wBKNBtvO28UV7B4Y/go/wCEY/6Z/pXpOg6D5235KK//2Q==
          """, options: .ignoreUnknownCharacters))
    let bytes = [UInt8](file)
    #expect(try JPEG.decode(bytes.span, limits: Limits()).size == Size(width: 16, height: 16))
    #expect(
      throws: CodecError.malformed(.jpeg, reason: "a coefficient is larger than any of 8-bit samples")
    ) {
      try JPEG.rearranged(bytes.span, by: .mirrored, limits: Limits())
    }
  }

  private func cjpeg(_ width: Int, _ height: Int, _ arguments: [String]) throws -> [UInt8] {
    let image = Pattern.soft.draw(width, height, .rgb8)
    return try TemporaryDirectory.with { directory in
      try Tool.convert(
        image.netpbm, named: "in.ppm", in: directory, "cjpeg", arguments + ["-outfile", "{out}", "{in}"])
    }
  }

  private func jpegtran(_ file: [UInt8], _ arguments: [String]) throws -> [UInt8] {
    try TemporaryDirectory.with { directory in
      try Tool.convert(
        file, named: "in.jpg", in: directory, "jpegtran",
        ["-perfect", "-copy", "none"] + arguments + ["-outfile", "{out}", "{in}"])
    }
  }

  /// As djpeg sees them.
  private func pixels(_ file: [UInt8]) throws -> [UInt8] {
    try TemporaryDirectory.with { directory in
      try Tool.convert(file, named: "in.jpg", in: directory, "djpeg", ["-pnm", "-outfile", "{out}", "{in}"])
    }
  }
}

extension JPEG.Rearranged {
  fileprivate var bytes: [UInt8]? {
    switch self {
    case .file(let bytes): bytes
    case .impossible: nil
    }
  }
}
