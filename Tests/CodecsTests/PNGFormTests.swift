import Codecs
import Foundation
import Raster
import Testing

struct PNGFormTests {
  static let layouts = Layout.Channels.allCases.flatMap { channels in
    Layout.Depth.allCases.map { Layout(channels, $0) }
  }
  static let sizes = [(1, 1), (1, 9), (9, 1), (3, 5), (64, 8)]

  /// Every layout, size and kind of picture, whatever it is stored as; by a decoder of the test's own, by Pillow, by
  /// pngcheck, and by libpng.
  @Test(arguments: layouts)
  func everySampleIsSeenByAll(_ layout: Layout) throws {
    try TemporaryDirectory.with { directory in
      var expected: [(name: String, pixels: [UInt8])] = []
      for pattern in Pattern.all {
        for (width, height) in Self.sizes {
          let image = pattern.draw(width, height, layout)
          let file = try PNG.encode(image, options: PNG.Options())
          let name = "\(pattern.name) \(width)x\(height)"
          try Data(file).write(to: directory.appending(path: "\(name).png"))
          expected.append((name, image.canonical))
          let decoded = try PNG.decode(file.span, limits: Limits())
          #expect(firstDifference(decoded.canonical, image.canonical) == nil, "\(name) by libpng")
        }
      }
      let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "png_oracle.py")
      try Tool.run("/usr/bin/python3", [script.path, directory.path])
      for (name, pixels) in expected {
        let seen = [UInt8](try Data(contentsOf: directory.appending(path: "\(name).seen")))
        #expect(firstDifference(seen, pixels) == nil, "\(name)")
      }
    }
  }

  @Test(arguments: [
    (Pattern.colors(2), "palette of 1 bit"), (.colors(3), "palette of 2 bits"), (.colors(4), "palette of 2 bits"),
    (.colors(5), "palette of 4 bits"), (.colors(16), "palette of 4 bits"), (.colors(17), "palette of 8 bits"),
    (.colors(256), "palette of 8 bits"), (.colors(257), "RGB of 8 bits"),
    (.colors(16, isOpaque: false), "palette of 4 bits, tRNS"),
    (.colors(256, isOpaque: false), "palette of 8 bits, tRNS"), (.colors(257, isOpaque: false), "RGBA of 8 bits"),
    (.grays(step: 255), "gray of 1 bit"), (.grays(step: 85), "gray of 2 bits"), (.grays(step: 17), "gray of 4 bits"),
    (.grays(step: 5), "gray of 8 bits"), (.noise, "RGBA of 8 bits"), (.opaque, "RGB of 8 bits"),
    (.cutOut, "RGB of 8 bits, tRNS"), (.cutOutWithTwin, "RGBA of 8 bits"), (.hiding, "RGBA of 8 bits"),
    (.nothing, "gray of 1 bit, tRNS"), (.white, "gray of 1 bit"),
  ])
  func fewestBitsAreChosen(_ pattern: Pattern, _ coding: String) throws {
    let file = try PNG.encode(pattern.draw(64, 64, .rgba8), options: PNG.Options())
    #expect(try PNG.header(file.span).coding == coding)
  }

  @Test(arguments: [
    (Pattern.shallow, "RGBA of 8 bits"), (.noise, "RGBA of 16 bits"), (.opaque, "RGB of 16 bits"),
    (.cutOut, "RGB of 16 bits, tRNS"), (.cutOutWithTwin, "RGBA of 16 bits"), (.grays(step: 85), "gray of 2 bits"),
    (.colors(16), "palette of 4 bits"),
  ])
  func sixteenBitsAreKeptWhereEightDoNotHoldThem(_ pattern: Pattern, _ coding: String) throws {
    let file = try PNG.encode(pattern.draw(64, 64, Layout(.rgba, .sixteen)), options: PNG.Options())
    #expect(try PNG.header(file.span).coding == coding)
  }

  @Test func sixteenBitsThatAreAskedForStay() throws {
    let image = Pattern.grays(step: 85).draw(64, 64, Layout(.rgb, .sixteen))
    let file = try PNG.encode(image, options: PNG.Options(depth: .sixteen))
    #expect(try PNG.header(file.span).coding == "gray of 16 bits")
    #expect(firstDifference(try PNG.decode(file.span, limits: Limits()).canonical, image.canonical) == nil)
  }

  @Test func anotherDepthThanThePicturesIsRefused() {
    #expect(throws: CodecError.encodingFailed(.png, reason: "16 bits are asked for, the picture is RGB of 8 bits")) {
      try PNG.encode(picture(2, 2, .rgb8), options: PNG.Options(depth: .sixteen))
    }
  }

  @Test(arguments: [
    (Pattern.grays(step: 5), Layout.rgb8, "palette of 8 bits"), (.grays(step: 85), .rgb8, "palette of 2 bits"),
    (.grays(step: 255), .rgba8, "palette of 1 bit"), (.colors(2), .gray8, "gray of 8 bits"),
    (.colors(3, isOpaque: false), .grayAlpha8, "gray with alpha of 8 bits"),
    (.grays(step: 17), .gray8, "gray of 4 bits"),
  ])
  func grayStaysGrayAndColourColourUnderAProfile(_ pattern: Pattern, _ layout: Layout, _ coding: String) throws {
    let image = pattern.draw(64, 64, layout)
    let file = try PNG.encode(image, options: PNG.Options(), carriesProfile: true)
    #expect(try PNG.header(file.span).coding == coding)
    #expect(firstDifference(try PNG.decode(file.span, limits: Limits()).canonical, image.canonical) == nil)
  }

  /// A palette of 256 colours takes 780 bytes, which a picture of 64 pixels cannot save.
  @Test func paletteIsNotLargerThanWhatItReplaces() throws {
    let file = try PNG.encode(Pattern.colors(256).draw(64, 1, .rgb8), options: PNG.Options())
    #expect(try PNG.header(file.span).coding == "RGB of 8 bits")
  }
}
