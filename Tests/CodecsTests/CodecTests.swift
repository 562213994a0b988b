import Codecs
import Raster
import Testing

struct CodecTests {
  @Test(arguments: Fixtures.all)
  func formatIsToldByTheSignature(_ fixture: Fixture) throws {
    let header = try Codec.header(fixture.file.span)
    #expect(header.format == fixture.format)
    let image = try Codec.decode(fixture.file.span, limits: Limits())
    #expect(firstDifference(image.samples, fixture.pixels) == nil)
  }

  @Test(arguments: [[], [0xFF], Array("GIF89a and so on, further than sixteen".utf8), Array("<html></html>".utf8)])
  func otherBytesAreNoImage(_ bytes: [UInt8]) {
    let expected = CodecError.notAnImage(beginning: Array(bytes.prefix(16)))
    #expect(throws: expected) { try Codec.header(bytes.span) }
    #expect(throws: expected) { _ = try Codec.decode(bytes.span, limits: Limits()) }
  }

  @Test func decoderRefusesAnotherFormat() {
    let png = Fixtures.named("png-RGB-8").file
    let jpeg = Fixtures.named("jpeg-2x2").file
    #expect(throws: CodecError.mislabelled(expected: .webp, found: .png)) { try WebP.header(png.span) }
    #expect(throws: CodecError.mislabelled(expected: .webp, found: .png)) {
      _ = try WebP.decode(png.span, limits: Limits())
    }
    #expect(throws: CodecError.mislabelled(expected: .jpeg, found: .png)) { try JPEG.header(png.span) }
    #expect(throws: CodecError.mislabelled(expected: .jpeg, found: .png)) {
      _ = try JPEG.decode(png.span, limits: Limits())
    }
    #expect(throws: CodecError.mislabelled(expected: .png, found: .jpeg)) { try PNG.header(jpeg.span) }
    #expect(throws: CodecError.mislabelled(expected: .png, found: .jpeg)) {
      _ = try PNG.decode(jpeg.span, limits: Limits())
    }
    #expect(throws: CodecError.mislabelled(expected: .png, found: nil)) { try PNG.header([1, 2, 3].span) }
  }
}
