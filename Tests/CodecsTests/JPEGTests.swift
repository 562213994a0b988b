import Codecs
import Raster
import Testing

struct JPEGTests {
  @Test(arguments: Fixtures.jpeg)
  func headerSaysWhatDecodeReturns(_ fixture: Fixture) throws {
    let header = try JPEG.header(fixture.file.span)
    #expect(header == ImageHeader(format: .jpeg, size: fixture.size, layout: fixture.layout, coding: fixture.coding))
  }

  @Test(arguments: Fixtures.jpeg)
  func pixelsEqualThoseOfDjpeg(_ fixture: Fixture) throws {
    let image = try JPEG.decode(fixture.file.span, limits: Limits())
    #expect(image.size == fixture.size)
    #expect(image.layout == fixture.layout)
    #expect(firstDifference(image.samples, fixture.pixels) == nil)
  }

  @Test(arguments: [
    ("ended-early.jpg", CodecError.malformed(.jpeg, reason: "Corrupt JPEG data: premature end of data segment")),
    ("restarts.jpg", .malformed(.jpeg, reason: "Corrupt JPEG data: found marker 0xd5 instead of RST2")),
    ("component.jpg", .malformed(.jpeg, reason: "no scan has component 3")),
    ("scans.jpg", .unsupported(.jpeg, feature: "more than 100 scans")),
    ("two-components.jpg", .unsupported(.jpeg, feature: "2 components")),
    ("sides.jpg", .unsupported(.jpeg, feature: "Maximum supported image dimension is 65500 pixels")),
    ("twelve-bits.jpg", .unsupported(.jpeg, feature: "Unsupported JPEG data precision 12")),
    ("lossless.jpg", .unsupported(.jpeg, feature: "Unsupported JPEG process: SOF type 0xc3")),
  ])
  func inventedPixelsAreAnError(_ file: String, _ expected: CodecError) {
    #expect(throws: expected) { _ = try JPEG.decode(Fixtures.hostile(file).span, limits: Limits()) }
  }
}
