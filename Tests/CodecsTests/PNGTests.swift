import Codecs
import Raster
import Testing

struct PNGTests {
  @Test(arguments: Fixtures.png)
  func headerSaysWhatDecodeReturns(_ fixture: Fixture) throws {
    let header = try PNG.header(fixture.file.span)
    #expect(
      header
        == ImageHeader(
          format: .png, size: fixture.size, layout: fixture.layout, isAnimated: fixture.isAnimated,
          coding: fixture.coding))
  }

  @Test(arguments: Fixtures.png)
  func samplesAreThoseTheFileWasMadeOf(_ fixture: Fixture) throws {
    let image = try PNG.decode(fixture.file.span, limits: Limits())
    #expect(image.size == fixture.size)
    #expect(image.layout == fixture.layout)
    #expect(firstDifference(image.samples, fixture.pixels) == nil)
  }

  @Test(arguments: ["text.png", "long-text.png"])
  func textIsSkippedHoweverLong(_ file: String) throws {
    let image = try PNG.decode(Fixtures.hostile(file).span, limits: Limits())
    #expect(image.samples == [1, 2, 3])
  }

  @Test func damagedTransparencyIsNotAnOpaquePicture() {
    let bytes = Fixtures.hostile("transparency.png")
    #expect(throws: CodecError.malformed(.png, reason: "tRNS: CRC error")) { try PNG.header(bytes.span) }
    #expect(throws: CodecError.malformed(.png, reason: "tRNS: CRC error")) {
      _ = try PNG.decode(bytes.span, limits: Limits())
    }
  }

  @Test func missingRowsAreMalformed() {
    #expect(throws: CodecError.malformed(.png, reason: "Not enough image data")) {
      _ = try PNG.decode(Fixtures.hostile("rows.png").span, limits: Limits())
    }
  }
}
