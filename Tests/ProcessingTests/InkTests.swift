import Codecs
import Colorimetry
import Foundation
import Metadata
import Raster
import Testing

@testable import Processing

/// What becomes of CMYK and YCCK.
@Suite struct InkTests {
  /// Twelve of the inks that the table knows.
  private static let inks: (samples: [UInt8], expected: [Double]) = {
    let press = Colors.named("Press")
    let picked = (0..<12).map { $0 * 107 }
    return (
      picked.flatMap { press.samples[$0 * 4..<$0 * 4 + 4] }, picked.flatMap { press.expected[$0 * 3..<$0 * 3 + 3] }
    )
  }()

  /// The middle of each block.
  private func patches(_ picture: borrowing Image) -> [UInt8] {
    picture.withPixels { pixels in
      (0..<picture.size.width / 8).flatMap { patch in
        (0..<3).map { pixels[(4 * picture.size.width + patch * 8 + 4) * 3 + $0] }
      }
    }
  }

  @Test(arguments: OutputColor.allCases, [true, false])
  func inkBecomesSRGBThroughItsProfile(_ color: OutputColor, _ adobe: Bool) throws {
    let original = try Colors.inkJPEG(Self.inks.samples, icc: Colors.named("Press").icc, adobe: adobe)
    #expect(try header(of: original).layout == .cmyk8)
    let (_, output) = try Colors.made(original, color: color)
    #expect(try header(of: output.bytes).layout == .rgb8)
    #expect(try metadata(of: output.bytes).icc == nil)
    // JPEG itself may be off by one in each ink.
    let found = patches(try decoded(output.bytes))
    for (value, expected) in zip(found, Self.inks.expected) { #expect(abs(Double(value) - expected) <= 3) }
    #expect(output.warnings.isEmpty)
  }

  /// YCCK is read by djpeg's rules; Pillow, which shares none of our code, knows them.
  @Test(arguments: [true, false]) func inkWithoutAProfileIsWhatItLetsThrough(_ ycck: Bool) throws {
    let original = try Colors.inkJPEG(Self.inks.samples, icc: nil, ycck: ycck)
    let (plan, output) = try Colors.made(original)
    #expect(plan.warnings == [])
    let file = FileManager.default.temporaryDirectory.appending(path: "ink-\(UUID().uuidString).jpg")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(original).write(to: file)
    let expected = try python(
      """
      import sys
      from PIL import Image
      ink = Image.open(sys.argv[1]).tobytes()
      sys.stdout.buffer.write(bytes(int((255 - v) * (255 - ink[i + 3]) / 255 + 0.5)
        for i in range(0, len(ink), 4) for v in ink[i:i + 3]))
      """, arguments: [file.path])
    #expect(try decoded(output.bytes).bytes == expected)
  }

  @Test func ycckBecomesSRGBThroughItsProfile() throws {
    // The same coded samples, once read as CMYK and once as YCCK, make other inks; what Pillow reads is converted.
    let press = Colors.named("Press").icc
    let ycck = try Colors.inkJPEG(Self.inks.samples, icc: press, ycck: true)
    #expect(try header(of: ycck).coding == "YCCK 4:4:4")
    let throughProfile = try Colors.made(ycck).output
    let plain = try Colors.made(try Colors.inkJPEG(Self.inks.samples, icc: nil, ycck: true)).output
    #expect(try decoded(throughProfile.bytes).bytes != decoded(plain.bytes).bytes)
    let converter = try SRGBConverter(SourceProfile(press, channels: .cmyk), layout: .cmyk8)
    let expected = converter.converted(try decoded(ycck)).bytes
    #expect(try decoded(throughProfile.bytes).bytes == expected)
  }

  @Test(arguments: ["CMYK", "RGB "]) func inkWithAnUnusableProfileIsAWarningAndTheFallback(_ space: String) throws {
    let broken = try Colors.inkJPEG(Self.inks.samples, icc: Originals.profile("Broken", space: space))
    let (plan, output) = try Colors.made(broken, color: .keep)
    guard case .colorUnusable? = plan.warnings.first, plan.warnings.count == 1 else {
      Issue.record("\(plan.warnings)")
      return
    }
    let plain = try Colors.made(try Colors.inkJPEG(Self.inks.samples, icc: nil)).output
    #expect(try decoded(output.bytes).bytes == decoded(plain.bytes).bytes)
  }

  @Test func anUntouchedJPEGOfInkStaysAsItIs() throws {
    let original = try Colors.inkJPEG(Self.inks.samples, icc: Colors.named("Press").icc)
    let kept = try Colors.made(original, .jpeg, color: .keep)
    #expect(kept.plan.outputs[0].pixels == .kept)
    #expect(try encodedPixels(kept.output.bytes) == encodedPixels(original))
    let converted = try Colors.made(original, .jpeg).output
    #expect(try header(of: converted.bytes).layout == .rgb8)
  }

  @Test func inkIsDecodedSmallerAndTurned() throws {
    let wide = (0..<24).flatMap { _ in Self.inks.samples }
    let original = try Colors.inkJPEG(wide, icc: Colors.named("Press").icc)
    let turned = try Container.rewrite(
      original.span, with: MetadataBlocks(exif: Originals.exif(.rotated90), icc: Colors.named("Press").icc))
    let recipe = Recipe(outputs: [try .test("a.png", .png, resize: Resize(height: 200))])
    let (plan, outputs) = try process(turned, recipe)
    #expect(plan.scale == .quarter)
    #expect(try header(of: outputs[0].bytes).layout == .rgb8)
    #expect(try header(of: outputs[0].bytes).size.height == 200)
  }

  @Test func aPictureForTheAPIIsNoInk() throws {
    let original = try Colors.inkJPEG(Self.inks.samples, icc: Colors.named("Press").icc)
    let bounds = InputBounds(pixels: 1...400, bytes: 1 << 20)
    let fitted = try #require(try Processor.fitted(original.span, to: bounds))
    #expect(try header(of: fitted.bytes).layout == .rgb8)
    #expect(fitted.change.contains("converted from CMYK to sRGB"))
  }
}
