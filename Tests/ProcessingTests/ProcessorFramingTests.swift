import Codecs
import Processing
import Raster
import Testing

/// What lies under a picture and around it.
@Suite struct ProcessorFramingTests {
  @Test(arguments: [
    (ImageFormat.png, Layout.rgba8, nil, nil, Layout.rgba8, [0, 0, 0, 0] as [UInt8]),
    (.png, .rgb8, nil, nil, .rgb8, [10, 20, 30]), (.png, .rgba8, Color.white, nil, .rgb8, [10, 20, 30]),
    (.png, .gray8, nil, nil, .rgb8, [10, 20, 30]),
    (.png, .rgba8, nil, Color(red: 7, green: 8, blue: 9), .rgba8, [7, 8, 9, 255]),
    (.png, .grayAlpha8, nil, nil, .grayAlpha8, [0, 0]),
    (.png, .gray8, nil, Color.white, .gray8, [255]), (.webp, .gray8, nil, nil, .rgb8, [10, 20, 30]),
  ])
  func roomIsTransparentOrTheBackground(
    _ format: ImageFormat, _ layout: Layout, _ flatten: Color?, _ color: Color?, _ expected: Layout, _ corner: [UInt8]
  ) throws {
    var output = try OutputRecipe.test(
      "a.\(format.rawValue)", format, encoding: format == .webp ? .webp(WebP.Options(lossless: true)) : nil,
      background: Color(red: 10, green: 20, blue: 30))
    output.pad = Frame(Padding(top: 1, right: 2, bottom: 3, left: 4), color: color)
    output.flatten = flatten
    let (_, outputs) = try process(try Originals.original(.png, 20, 10, layout), Recipe(outputs: [output]))
    let image = try decoded(outputs[0].bytes)
    #expect(image.size == Size(width: 26, height: 14))
    #expect(image.layout == expected)
    #expect(Array(image.bytes.prefix(corner.count)) == corner)
  }

  @Test func aCanvasHasTheColourThatACutOutIsLaidOn() throws {
    let blue = Color(red: 10, green: 20, blue: 200)
    for (layout, corner) in [(Layout.rgba8, [10, 20, 200]), (.rgb8, [255, 255, 255])] as [(Layout, [UInt8])] {
      var output = try OutputRecipe.test("a.png", .png, resize: Resize(width: 20, height: 30, fit: .contain))
      output.flatten = blue
      let (_, outputs) = try process(try Originals.original(.png, 20, 10, layout), Recipe(outputs: [output]))
      let image = try decoded(outputs[0].bytes)
      #expect(image.layout == .rgb8 && Array(image.bytes.prefix(3)) == corner)
    }
  }

  @Test func roomKeepsTheLimit() throws {
    var output = try OutputRecipe.test("a.png", .png)
    output.pad = Frame(Padding(all: 65_535))
    let error = ProcessingError.outputTooLarge(
      template: "a.png", size: Size(width: 131_134, height: 131_118), limit: 100_000_000)
    #expect(throws: error) {
      try process(try Originals.original(.png), Recipe(outputs: [output]), limits: Limits(pixels: 100_000_000))
    }
  }

  @Test func flatteningNeedsTransparency() throws {
    var output = try OutputRecipe.test("a.webp", .webp, encoding: .webp(WebP.Options(lossless: true)))
    output.flatten = Color(red: 0, green: 0, blue: 255)
    let (_, outputs) = try process(try Originals.original(.png, 20, 10, .rgba8), Recipe(outputs: [output]))
    let image = try decoded(outputs[0].bytes)
    #expect(image.layout == .rgb8)
    #expect(Array(image.bytes.prefix(3)) == [0, 0, 255])
    let opaque = try process(try Originals.original(.png, 20, 10), Recipe(outputs: [output]))
    #expect(opaque.plan.steps == [[]])
  }
}
