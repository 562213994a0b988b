import Codecs
import Metadata
import Raster
import Testing

@testable import Processing

@Suite struct ReadBackTests {
  private struct Finished {
    var planned: PlannedOutput
    var blocks: MetadataBlocks
    var bytes: [UInt8]
  }

  private func finished(_ format: ImageFormat) throws -> Finished {
    let recipe = Recipe(outputs: [try .test("a", format, resize: Resize(width: 20), metadata: .full)])
    let original = try Originals.original(.png, with: MetadataBlocks(icc: Originals.profile("Test")))
    let output = try process(original, recipe).outputs[0]
    return Finished(
      planned: output.planned, blocks: try metadata(of: output.bytes), bytes: output.bytes)
  }

  private func check(_ finished: Finished) throws {
    try ReadBack.checkStructure(of: finished.bytes.span, finished.planned, blocks: finished.blocks)
  }

  @Test(arguments: ImageFormat.allCases)
  func aFinishedOutputPasses(_ format: ImageFormat) throws {
    try check(finished(format))
  }

  @Test(arguments: ImageFormat.allCases)
  func anotherFormatOrSizeIsRefused(_ format: ImageFormat) throws {
    var output = try finished(format)
    let whole = output.bytes
    output.bytes = Array("<html>".utf8)
    #expect(throws: ReadBackFailure.format(expected: format, found: nil)) { try check(output) }
    let other = format == .png ? ImageFormat.webp : .png
    output.bytes = try Originals.original(other, 20, 15)
    #expect(throws: ReadBackFailure.format(expected: format, found: other)) { try check(output) }
    output.bytes = try Originals.original(format, 20, 16)
    #expect(throws: ReadBackFailure.size(expected: Size(width: 20, height: 15), found: Size(width: 20, height: 16))) {
      try check(output)
    }
    output.bytes = Array(whole.prefix(8))
    #expect(throws: ReadBackFailure.self) { try check(output) }
  }

  @Test(arguments: ImageFormat.allCases)
  func aCutOutputIsRefused(_ format: ImageFormat) throws {
    var output = try finished(format)
    output.bytes.removeLast(5)
    #expect(throws: ReadBackFailure.self) { try check(output) }
  }

  @Test(arguments: ImageFormat.allCases)
  func otherMetadataIsRefused(_ format: ImageFormat) throws {
    let output = try finished(format)
    let changes: [(Block, @Sendable (inout MetadataBlocks) -> Void)] = [
      (.exif, { $0.exif = nil }),
      (.exif, { $0.exif = Originals.exif(.rotated180) }),
      (.xmp, { $0.xmp?[40] ^= 1 }),
      (.xmp, { $0.xmp = nil }),
      (.icc, { $0.icc = nil }),
    ]
    for (block, change) in changes {
      var tampered = output
      var blocks = output.blocks
      change(&blocks)
      tampered.bytes = try Container.rewrite(output.bytes.span, with: blocks)
      #expect(throws: ReadBackFailure.metadata(block)) { try check(tampered) }
    }
  }

  @Test func losslessPixelsAreComparedToTheLastBit() throws {
    let picture = Originals.picture(16, 16)
    var bytes = picture.bytes
    bytes[100] ^= 1
    let tampered = Image(size: picture.size, layout: .rgb8, pixels: bytes)
    let written = [
      try PNG.encode(picture, options: PNG.Options()), try WebP.encode(picture, options: WebP.Options(lossless: true)),
    ]
    let changed = [
      try PNG.encode(tampered, options: PNG.Options()),
      try WebP.encode(tampered, options: WebP.Options(lossless: true)),
    ]
    for (written, changed) in zip(written, changed) {
      try ReadBack.checkPixels(of: written.span, lossless: true, expected: picture)
      #expect(throws: ReadBackFailure.pixels) {
        try ReadBack.checkPixels(of: changed.span, lossless: true, expected: Originals.picture(16, 16))
      }
      try ReadBack.checkPixels(of: changed.span, lossless: false, expected: picture)
    }
  }

  @Test(arguments: ImageFormat.allCases)
  func pixelsThatDoNotDecodeAreRefused(_ format: ImageFormat) throws {
    let bytes = Array(try Originals.original(format, 16, 16).dropLast(20))
    #expect(throws: ReadBackFailure.unreadable(.truncated(format))) {
      try ReadBack.checkPixels(of: bytes.span, lossless: false, expected: Originals.picture(16, 16))
    }
  }
}
