import Codecs
import Raster
import Testing

struct PNGEncodingTests {
  static let layouts = Layout.Channels.allCases.flatMap { channels in
    Layout.Depth.allCases.map { Layout(channels, $0) }
  }

  @Test(arguments: layouts, [0, 1, 6, 9, 12])
  func everySampleSurvives(_ layout: Layout, _ compression: Int) throws {
    let image = picture(53, 31, layout)
    let encoded = try PNG.encode(image, options: PNG.Options(compression: compression))
    let decoded = try PNG.decode(encoded.span, limits: Limits())
    #expect(decoded.size == image.size)
    #expect(decoded.layout == layout)
    #expect(firstDifference(decoded.samples, image.samples) == nil)
  }

  @Test(arguments: [-1, 13, .max])
  func compressionOutOfRangeIsNotMoved(_ compression: Int) {
    #expect(throws: CodecError.encodingFailed(.png, reason: "compression \(compression) is not within 0 to 12")) {
      try PNG.encode(picture(2, 2, .rgb8), options: PNG.Options(compression: compression))
    }
  }

  @Test func sidesBeyondAMillionAreWritten() throws {
    let encoded = try PNG.encode(picture(1_000_001, 1, .gray8), options: PNG.Options(compression: 1))
    #expect(try PNG.decode(encoded.span, limits: Limits()).size == Size(width: 1_000_001, height: 1))
  }
}
