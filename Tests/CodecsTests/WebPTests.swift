import Codecs
import Raster
import Testing

struct WebPTests {
  @Test(arguments: Fixtures.webp)
  func headerSaysWhatDecodeReturns(_ fixture: Fixture) throws {
    let header = try WebP.header(fixture.file.span)
    #expect(
      header
        == ImageHeader(
          format: .webp, size: fixture.size, layout: fixture.layout, isAnimated: fixture.isAnimated,
          coding: fixture.coding))
  }

  @Test(arguments: Fixtures.webp)
  func pixelsEqualThoseOfDwebp(_ fixture: Fixture) throws {
    let image = try WebP.decode(fixture.file.span, limits: Limits())
    #expect(image.size == fixture.size)
    #expect(image.layout == fixture.layout)
    #expect(firstDifference(image.samples, fixture.pixels) == nil)
  }

  @Test func canvasIsTransparentAroundTheFirstFrame() throws {
    let image = try WebP.decode(Fixtures.named("webp-animated-offset-lossy").file.span, limits: Limits())
    let samples = image.samples
    #expect(image.size == Size(width: 130, height: 70))
    // The frame of 29x23 lies at 6,4.
    for y in 0..<70 {
      for x in 0..<130 {
        let pixel = Array(samples[(y * 130 + x) * 4..<(y * 130 + x) * 4 + 4])
        let isCovered = (6..<35).contains(x) && (4..<27).contains(y)
        #expect(isCovered ? pixel[3] == 255 : pixel == [0, 0, 0, 0])
      }
    }
  }

  @Test(arguments: [
    ("cut-lossy.webp", CodecError.truncated(.webp)),
    ("cut-lossless.webp", .malformed(.webp, reason: "VP8_STATUS_BITSTREAM_ERROR")),
    ("frame.webp", .malformed(.webp, reason: "libwebpdemux cannot make out its chunks")),
    ("no-frame.webp", .malformed(.webp, reason: "libwebpdemux cannot make out its chunks")),
  ])
  func damageInsideWholeChunksIsAnError(_ file: String, _ expected: CodecError) {
    #expect(throws: expected) { _ = try WebP.decode(Fixtures.hostile(file).span, limits: Limits()) }
  }

  /// libwebp by itself reads on, and whoever takes metadata and trailing bytes away takes pixels away with them.
  @Test(arguments: [[], Array("XMP ".utf8) + [0, 0, 0, 0]])
  func whatFollowsThePictureIsNoneOfIt(_ chunk: [UInt8]) throws {
    var file = Fixtures.named("webp-lossy").file
    let missing = 24
    // The sizes of RIFF and `VP8 `, little-endian; 16 bits hold both.
    func shorten(_ offset: Int, by count: Int) {
      let size = Int(file[offset]) + Int(file[offset + 1]) << 8 - count
      (file[offset], file[offset + 1]) = (UInt8(size & 255), UInt8(size >> 8))
    }
    shorten(16, by: missing)
    shorten(4, by: missing - chunk.count)
    file.insert(contentsOf: chunk, at: file.count - missing)
    #expect(throws: CodecError.truncated(.webp)) { _ = try WebP.decode(file.span, limits: Limits()) }
  }
}
