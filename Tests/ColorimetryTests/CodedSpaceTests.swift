import Raster
import Testing

@testable import Colorimetry

struct CodedSpaceTests {
  private func converted(_ space: CodedSpace, _ samples: [UInt8]) throws -> [Double] {
    let source = try SourceProfile(space.profile(isGray: false), channels: .rgb)
    let picture = Image(size: Size(width: samples.count / 3, height: 1), layout: .rgb8, pixels: samples)
    return try SRGBConverter(source, layout: .rgb8).converted(picture).values
  }

  /// The profile that is made of a name does what the profile does that is known by it.
  @Test(arguments: [("Display P3", [UInt8]([12, 13, 0, 1])), ("Linear", [1, 8, 0, 1])])
  func aCodePointIsItsProfile(_ name: String, _ code: [UInt8]) throws {
    let reference = Reference.named(name)
    let values = try converted(CodedSpace(cicp: code), reference.samples)
    #expect(zip(values, reference.expected).allSatisfy { abs($0 - $1) <= 0.62 })
  }

  @Test func gammaAndChromaticitiesAreTheirProfile() throws {
    let reference = Reference.named("Adobe RGB")
    let space = try CodedSpace(
      gamma: 45_470 - 1_000 + 1_000, chromaticities: [31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000])
    #expect(space.words == "gAMA 0.4547 and cHRM")
    // Within the curve that 0.45455 stands for: the chromaticities alone make the difference.
    #expect(space.curve == .sRGB)
    let linear = try converted(CodedSpace(gamma: 100_000, chromaticities: nil), Reference.named("Linear").samples)
    #expect(zip(linear, Reference.named("Linear").expected).allSatisfy { abs($0 - $1) <= 0.62 })
    _ = reference
  }

  @Test func whatNamesSRGBIsSRGB() throws {
    let spaces = [
      try CodedSpace(cicp: [1, 13, 0, 1]), try CodedSpace(gamma: 45_455, chromaticities: nil),
      try CodedSpace(gamma: 45_455, chromaticities: [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000]),
    ]
    for space in spaces {
      #expect(try SourceProfile(space.profile(isGray: false), channels: .rgb).isSRGB, "\(space.words)")
      #expect(try SourceProfile(space.profile(isGray: true), channels: .gray).isSRGB, "\(space.words)")
    }
    #expect(
      try !SourceProfile(CodedSpace(gamma: 50_000, chromaticities: nil).profile(isGray: true), channels: .gray).isSRGB)
  }

  @Test func equalSpacesGiveEqualBytes() throws {
    let space = try CodedSpace(cicp: [9, 1, 0, 1])
    let bytes = try space.profile(isGray: false)
    #expect(try space.profile(isGray: false) == bytes)
    #expect(Array(bytes[24..<36]) == [0x07, 0xEA, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
  }

  @Test(arguments: [
    ([9, 16, 0, 1], "cICP 9/16/0/1 is of high dynamic range"),
    ([9, 18, 0, 1], "cICP 9/18/0/1 is of high dynamic range"),
    ([1, 13, 1, 1], "cICP 1/13/1/1 is not for RGB of the full range"),
    ([1, 13, 0, 0], "cICP 1/13/0/0 is not for RGB of the full range"),
    ([2, 13, 0, 1], "the primaries of cICP 2/13/0/1 are not known here"),
    ([1, 2, 0, 1], "the transfer function of cICP 1/2/0/1 is not known here"),
  ])
  func whatNoProfileSaysIsRefused(_ code: [UInt8], _ reason: String) {
    #expect(throws: ColorimetryError.unusable(reason: reason)) { _ = try CodedSpace(cicp: code) }
  }

  @Test(arguments: [
    [0, 0, 0, 0, 0, 0, 0, 0], [31_270, 32_900, 64_000, 33_000, 64_000, 33_000, 64_000, 33_000],
    [4_294_967_295, 1, 1, 1, 1, 1, 1, 1], [31_270, 0, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000],
    [31_270, 32_900, 64_000, 0, 30_000, 0, 15_000, 0],
  ])
  func chromaticitiesThatAreNoneAreRefused(_ chromaticities: [Int]) throws {
    let space = try CodedSpace(gamma: 45_455, chromaticities: chromaticities)
    #expect(throws: ColorimetryError.self) {
      _ = try SourceProfile(space.profile(isGray: false), channels: .rgb)
    }
  }

  @Test(arguments: [0, 999, 1_000_001, 4_294_967_295]) func aGammaThatIsNoneIsRefused(_ gamma: Int) {
    #expect(throws: ColorimetryError.unusable(reason: "gAMA says \(gamma)")) {
      _ = try CodedSpace(gamma: gamma, chromaticities: nil)
    }
  }
}
