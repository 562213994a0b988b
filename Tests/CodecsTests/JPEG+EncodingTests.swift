import Codecs
import Raster
import Testing

struct JPEGEncodingTests {
  /// Options and what they are called by cjpeg.
  static let cases: [(JPEG.Options, [String])] = [
    (JPEG.Options(), ["-quality", "85", "-sample", "2x2"]),
    (JPEG.Options(quality: 1), ["-quality", "1", "-sample", "2x2"]),
    (JPEG.Options(quality: 100, subsampling: .full), ["-quality", "100", "-sample", "1x1"]),
    (JPEG.Options(quality: 93, subsampling: .half), ["-quality", "93", "-sample", "2x1"]),
    (JPEG.Options(progressive: true), ["-quality", "85", "-sample", "2x2", "-progressive"]),
    (JPEG.Options(optimize: true), ["-quality", "85", "-sample", "2x2", "-optimize"]),
    (JPEG.Options(restartRows: 3), ["-quality", "85", "-sample", "2x2", "-restart", "3"]),
    (
      JPEG.Options(progressive: true, restartRows: 1),
      ["-quality", "85", "-sample", "2x2", "-progressive", "-restart", "1"]
    ),
    (JPEG.Options(quality: 89, subsampling: .automatic), ["-quality", "89", "-sample", "2x2"]),
    (JPEG.Options(quality: 90, subsampling: .automatic), ["-quality", "90", "-sample", "1x1"]),
  ]

  @Test(arguments: cases, [Layout.rgb8, .gray8])
  func bytesEqualThoseOfCjpeg(_ options: (JPEG.Options, [String]), _ layout: Layout) throws {
    // cjpeg writes factors for gray too, where they say nothing.
    let factors = layout == .gray8 ? ["-sample", "1x1"] : []
    // Large enough for several pieces of the encoder's output.
    let image = picture(403, 299, layout)
    let encoded = try JPEG.encode(image, options: options.0)
    let expected = try TemporaryDirectory.with { directory in
      try Tool.convert(
        image.netpbm, named: "in.pnm", in: directory, "cjpeg",
        ["-baseline"] + options.1 + factors + ["-outfile", "{out}", "{in}"])
    }
    #expect(firstDifference(encoded, expected) == nil)
  }

  @Test(arguments: [0, 101, -5, .max])
  func qualityOutOfRangeIsNotMoved(_ quality: Int) {
    #expect(throws: CodecError.encodingFailed(.jpeg, reason: "quality \(quality) is not within 1 to 100")) {
      try JPEG.encode(picture(2, 2, .rgb8), options: JPEG.Options(quality: quality))
    }
  }

  @Test(arguments: [0, 65_536])
  func restartRowsOutOfRangeAreNotMoved(_ rows: Int) {
    #expect(throws: CodecError.encodingFailed(.jpeg, reason: "\(rows) restart rows are not within 1 to 65535")) {
      try JPEG.encode(picture(2, 2, .rgb8), options: JPEG.Options(restartRows: rows))
    }
  }

  @Test func largestSideIsEncodedOneMoreIsNot() throws {
    let encoded = try JPEG.encode(picture(65_500, 1, .gray8), options: JPEG.Options())
    #expect(try JPEG.header(encoded.span).size == Size(width: 65_500, height: 1))
    #expect(throws: CodecError.tooLargeToEncode(.jpeg, found: Size(width: 1, height: 65_501), limit: 65_500)) {
      try JPEG.encode(picture(1, 65_501, .gray8), options: JPEG.Options())
    }
  }

  @Test func alphaIsRefused() {
    #expect(throws: CodecError.encodingFailed(.jpeg, reason: "it takes gray or RGB of 8 bits, not RGBA of 8 bits")) {
      try JPEG.encode(picture(2, 2, .rgba8), options: JPEG.Options())
    }
  }
}
