import Codecs
import Colorimetry
import Foundation
import Metadata
import Raster
import Testing

@testable import Processing

/// What becomes of colours that a profile tells.
@Suite struct ColorProfileTests {
  @Test(arguments: ["Display P3", "Adobe RGB", "ProPhoto", "Rec. 2020 by table", "Swapped", "Scanner"])
  func coloursBecomeSRGBAndTheProfileGoes(_ name: String) throws {
    let colors = Colors.named(name)
    for layout in [Layout.rgb8, Layout(.rgb, .sixteen), .rgba8] {
      let (_, output) = try Colors.made(try Colors.png(colors, layout))
      #expect(Colors.worst(try decoded(output.bytes), colors.expected) <= 1)
      #expect(try metadata(of: output.bytes).icc == nil)
      #expect(output.warnings.isEmpty)
    }
    let (_, webp) = try Colors.made(try Colors.png(colors), .webp, encoding: Colors.lossless)
    #expect(Colors.worst(try decoded(webp.bytes), colors.expected) <= 1)
  }

  @Test func byDefaultColoursAndProfileStay() throws {
    let colors = Colors.named("Display P3")
    let (_, output) = try Colors.made(try Colors.png(colors), .webp, color: .keep, encoding: Colors.lossless)
    #expect(try decoded(output.bytes).bytes == colors.samples)
    #expect(try metadata(of: output.bytes).icc == colors.icc)
  }

  @Test(arguments: ["Gray 1.8", "Dot gain"], Layout.Depth.allCases)
  func grayStaysGray(_ name: String, _ depth: Layout.Depth) throws {
    let colors = Colors.named(name)
    let (_, png) = try Colors.made(
      try Colors.png(colors, Layout(.gray, depth)), encoding: .png(PNG.Options(depth: depth)))
    #expect(try header(of: png.bytes).layout == Layout(.gray, depth))
    #expect(Colors.worst(try decoded(png.bytes), colors.expected) <= 1)
    let (_, jpeg) = try Colors.made(try Colors.png(colors), .jpeg, encoding: .jpeg(JPEG.Options(quality: 100)))
    #expect(try header(of: jpeg.bytes).layout == .gray8)
  }

  @Test func grayThatBecomesColourCannotKeepItsProfileAndIsConverted() throws {
    let colors = Colors.named("Gray 1.8")
    let (_, output) = try Colors.made(try Colors.png(colors), .webp, color: .keep, encoding: Colors.lossless)
    #expect(Colors.worst(try decoded(output.bytes), colors.expected.flatMap { [$0, $0, $0] }) <= 1)
    #expect(try metadata(of: output.bytes).icc == nil)
    #expect(output.warnings.isEmpty)
    let (_, gray) = try Colors.made(try Colors.png(colors), .jpeg, color: .keep)
    #expect(try metadata(of: gray.bytes).icc == colors.icc)
  }

  @Test(arguments: ImageFormat.allCases)
  func aPictureWithoutAProfileIsLeftAsItIs(_ format: ImageFormat) throws {
    let original = try Originals.original(format)
    let (plan, output) = try Colors.made(original, format)
    #expect(plan.outputs[0].pixels == .kept)
    #expect(output.bytes == original)
  }

  @Test(arguments: ["Plain by formula", "Plain by table"], ImageFormat.allCases)
  func aProfileThatIsSRGBGoesWithoutAnotherEncoding(_ name: String, _ format: ImageFormat) throws {
    let original = try Originals.original(format, with: MetadataBlocks(icc: Colors.named(name).icc))
    let (plan, output) = try Colors.made(original, format)
    #expect(plan.outputs[0].pixels == .kept)
    #expect(try encodedPixels(output.bytes) == encodedPixels(original))
    #expect(try metadata(of: output.bytes).icc == nil)
    let kept = try Colors.made(original, format, color: .keep).output
    #expect(try metadata(of: kept.bytes).icc == Colors.named(name).icc)
  }

  @Test func anotherSpaceUnderSRGBsNameIsConverted() throws {
    let colors = Colors.named("sRGB IEC61966-2.1")
    let (plan, output) = try Colors.made(try Colors.png(colors))
    #expect(plan.outputs[0].pixels != .kept)
    #expect(Colors.worst(try decoded(output.bytes), colors.expected) <= 1)
  }

  @Test(arguments: [("RGB ", Layout.rgb8), ("GRAY", .rgb8), ("CMYK", .rgb8), ("RGB ", .gray8)])
  func anUnusableProfileIsAWarningAndColoursStay(_ space: String, _ layout: Layout) throws {
    let icc = Originals.profile("Broken", space: space)
    let original = try Originals.original(.png, 64, 48, layout, with: MetadataBlocks(icc: icc))
    let (plan, output) = try Colors.made(original)
    #expect(plan.warnings.count == 1)
    guard case .colorUnusable(let reason)? = plan.warnings.first else {
      Issue.record("\(plan.warnings)")
      return
    }
    #expect(reason.hasPrefix("the colour profile cannot be used: "))
    #expect(try decoded(output.bytes).bytes == decoded(original).bytes)
    #expect(try metadata(of: output.bytes).icc == nil)
  }
}
