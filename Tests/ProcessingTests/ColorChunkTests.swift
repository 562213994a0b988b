import Codecs
import Colorimetry
import Foundation
import Metadata
import Raster
import Testing

@testable import Processing

/// What becomes of colours that a PNG tells without a profile.
@Suite struct ColorChunkTests {
  @Test(arguments: [ImageFormat.png, .webp])
  func gammaIsCarriedAsAProfileOrConverted(_ format: ImageFormat) throws {
    let colors = Colors.named("Linear")
    let original = try Colors.png(colors, chunks: [("gAMA", Colors.numbers(100_000))])
    let encoding = format == .png ? Encoding.png(PNG.Options(compression: 1)) : Colors.lossless
    let converted = try Colors.made(original, format, encoding: encoding).output
    #expect(Colors.worst(try decoded(converted.bytes), colors.expected) <= 1)
    #expect(try metadata(of: converted.bytes).icc == nil)
    // Kept numbers with the profile that says the same: whoever converts them sees the same.
    let kept = try Colors.made(original, format, color: .keep, encoding: encoding).output
    #expect(try decoded(kept.bytes).bytes == colors.samples)
    #expect(try ICCProfile(#require(metadata(of: kept.bytes).icc)).name == "gAMA 1.0")
    let again = try Colors.made(kept.bytes, format, encoding: encoding).output
    #expect(Colors.worst(try decoded(again.bytes), colors.expected) <= 1)
  }

  @Test func anUntouchedPNGKeepsItsChunks() throws {
    let original = try Colors.png(Colors.named("Linear"), chunks: [("gAMA", Colors.numbers(100_000))])
    let (plan, output) = try Colors.made(original, color: .keep)
    #expect(plan.outputs[0].pixels == .kept)
    #expect(output.bytes == original)
  }

  /// PNG Third Edition §4.3. Each is said with what comes after it in the order, which says otherwise.
  @Test func whatAPNGSaysCountsInTheOrderOfItsStandard() throws {
    let linear = ("gAMA", Colors.numbers(100_000))
    let adobe = ("cHRM", Colors.adobeChromaticities)
    let p3 = Colors.named("Display P3")
    func space(_ chunks: [(String, [UInt8])], icc: [UInt8]? = nil) throws -> OriginalColor.Space {
      let file = try Colors.png(p3, chunks: chunks, icc: icc)
      return try Processor.examine(file.span).color.space
    }
    #expect(
      try space([("cICP", [12, 13, 0, 1]), linear, adobe], icc: Colors.named("Adobe RGB").icc)
        == .coded("cICP 12/13/0/1"))
    #expect(try space([("cICP", [1, 13, 0, 1]), linear], icc: p3.icc) == .sRGB)
    #expect(try space([("cICP", [9, 16, 0, 1])], icc: p3.icc) == .profile(name: "Display P3"))
    #expect(try space([linear, adobe], icc: p3.icc) == .profile(name: "Display P3"))
    #expect(try space([("sRGB", [0]), linear, adobe]) == .sRGB)
    #expect(try space([linear, adobe]) == .coded("gAMA 1.0 and cHRM"))
    #expect(try space([adobe]) == .coded("cHRM"))
    #expect(try space([("gAMA", Colors.numbers(45_455)), ("cHRM", Colors.sRGBChromaticities)]) == .sRGB)
    #expect(try space([]) == .sRGB)
    // A profile that is sRGB cannot be left out where the chunks would count then.
    #expect(try space([linear], icc: Colors.named("Plain by formula").icc) == .profile(name: "Plain by formula"))
  }

  @Test func cICPsSRGBIsNotBeliedByTheProfileBesideIt() throws {
    let p3 = Colors.named("Display P3")
    let original = try Colors.png(p3, chunks: [("cICP", [1, 13, 0, 1])], icc: p3.icc)
    let output = try Colors.made(original, .webp, color: .keep, encoding: Colors.lossless).output
    #expect(try decoded(output.bytes).bytes == p3.samples)
    #expect(try metadata(of: output.bytes).icc == nil)
  }
}
