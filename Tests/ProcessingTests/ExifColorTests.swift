import Codecs
import Colorimetry
import Foundation
import Metadata
import Raster
import Testing

@testable import Processing

/// Colours that EXIF tells, where neither a profile nor a PNG's chunk does.
struct ExifColorTests {
  private static let adobe = ["-ExifIFD:ColorSpace=65535", "-InteropIFD:InteropIndex=R03"]
  private static let plain = ["-ExifIFD:ColorSpace=1", "-InteropIFD:InteropIndex=R98"]
  private static let words = "Adobe RGB (1998), as EXIF says"

  /// A picture of the samples of "Adobe RGB", without a profile.
  private func original(
    _ format: ImageFormat = .png, _ tags: [String] = adobe, _ blocks: MetadataBlocks = MetadataBlocks()
  ) throws -> [UInt8] {
    let colors = Colors.named("Adobe RGB")
    let picture = Image(size: Size(width: colors.width, height: 1), layout: .rgb8, pixels: colors.samples)
    let bare =
      switch format {
      case .png: try PNG.encode(picture, options: PNG.Options(), carriesProfile: true)
      case .webp: try WebP.encode(picture, options: WebP.Options(lossless: true))
      case .jpeg: try JPEG.encode(picture, options: JPEG.Options(quality: 100))
      }
    let file = try Container.rewrite(bare.span, with: blocks)
    if tags.isEmpty { return file }
    // exiftool signs the blocks that it puts into a WebP, with bytes that nothing refers to, and that go.
    let tagged = try Colors.tagged(PNG.encode(picture, options: PNG.Options()), .png, tags)
    let exif = try metadata(of: tagged).exif
    return try Container.rewrite(file.span, with: MetadataBlocks(exif: exif, icc: blocks.icc))
  }

  private func space(_ file: [UInt8]) throws -> OriginalColor.Space { try Processor.examine(file.span).color.space }

  private func read(_ bytes: [UInt8]) throws -> [String: Any] {
    try Colors.exiftool(bytes, "-ExifIFD:ColorSpace", "-InteropIFD:all", "-ICC_Profile:all")
  }

  @Test(arguments: [
    (adobe, true), (["-ExifIFD:ColorSpace=2"], true), (["-InteropIFD:InteropIndex=R03"], true),
    (["-ExifByteOrder=II"] + adobe, true), (plain, false), (["-ExifIFD:ColorSpace=65535"], false),
    (["-ExifIFD:ColorSpace=65535", "-InteropIFD:InteropIndex=R98"], false),
    (["-ExifIFD:ColorSpace=1", "-InteropIFD:InteropIndex=R03"], false), (["-Artist=Ada"], false),
  ])
  func itIsAdobeRGBWhereEXIFSaysSo(_ tags: [String], _ isAdobe: Bool) throws {
    for format in ImageFormat.allCases {
      #expect(try space(original(format, tags)) == (isAdobe ? .coded(Self.words) : .sRGB), "\(format)")
    }
  }

  @Test(arguments: [ImageFormat.png, .webp], [MetadataPolicy.Level.none, .keep])
  func itBecomesSRGBAndIsSaidToBe(_ format: ImageFormat, _ level: MetadataPolicy.Level) throws {
    let encoding = format == .png ? nil : Colors.lossless
    let (plan, output) = try Colors.made(original(format), format, encoding: encoding, metadata: level)
    guard case .encoded(let work) = plan.outputs[0].pixels else {
      Issue.record("it was taken for sRGB")
      return
    }
    #expect(work.steps == [.color(.from(.coded(Self.words)))])
    #expect(Colors.worst(try decoded(output.bytes), Colors.named("Adobe RGB").expected) <= 1)
    let found = try read(output.bytes)
    #expect(found["ExifIFD:ColorSpace"] as? Int == (level == .keep ? 1 : nil))
    #expect(Set(found.keys).subtracting(["SourceFile", "ExifIFD:ColorSpace"]) == [])
  }

  /// Pixels that stay as they are lose their EXIF: a profile says what it said, and nothing says otherwise.
  @Test(arguments: ImageFormat.allCases, MetadataPolicy.Level.allCases)
  func whatEXIFSaidIsNotLostWithIt(_ format: ImageFormat, _ level: MetadataPolicy.Level) throws {
    let original = try original(format)
    let (plan, output) = try Colors.made(original, format, color: .keep, metadata: level)
    #expect(plan.outputs[0].pixels == .kept)
    if level == .keep {
      #expect(output.bytes == original)
      return
    }
    #expect(try encodedPixels(output.bytes) == encodedPixels(original))
    let found = try read(output.bytes)
    #expect(found["ICC_Profile:ProfileDescription"] as? String == Self.words)
    #expect(found["ICC-header:ColorSpaceData"] as? String == "RGB ")
    #expect(found["ExifIFD:ColorSpace"] as? Int == (level == .none ? nil : 65_535))
    #expect(found["InteropIFD:InteropIndex"] == nil)
    guard format != .jpeg else { return }
    let again = try Colors.made(output.bytes, .png).output
    #expect(Colors.worst(try decoded(again.bytes), Colors.named("Adobe RGB").expected) <= 1)
  }

  @Test func whatIsEncodedAgainCarriesAProfileBesideItsEXIF() throws {
    for (level, index) in [(MetadataPolicy.Level.none, nil), (.keep, "R03")] {
      let output = try Colors.made(
        original(), .webp, color: .keep, encoding: Colors.lossless, metadata: level
      ).output
      #expect(try decoded(output.bytes).bytes == Colors.named("Adobe RGB").samples)
      let found = try read(output.bytes)
      #expect(found["ICC_Profile:ProfileDescription"] as? String == Self.words)
      #expect(found["InteropIFD:InteropIndex"] as? String == index)
      #expect(found["ExifIFD:ColorSpace"] as? Int == (level == .keep ? 65_535 : nil))
    }
  }

  @Test func aTurnedJPEGCarriesItToo() throws {
    let file = try Colors.tagged(Originals.original(.jpeg, 64, 48), .jpeg, Self.adobe + ["-Orientation=6"])
    let (plan, output) = try Colors.made(file, .jpeg, color: .keep)
    #expect(plan.outputs[0].pixels == .turned)
    #expect(try ICCProfile(#require(metadata(of: output.bytes).icc)).name == Self.words)
  }

  /// A MakerNote that lies over a directory: the block cannot be kept without it.
  @Test func exifThatCannotBeKeptIsSpelledOutToo() throws {
    let exif: [UInt8] =
      [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0]
      + [1, 0, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0]
      + [2, 0, 0x7C, 0x92, 7, 0, 8, 0, 0, 0, 8, 0, 0, 0, 0x01, 0xA0, 3, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]
    let file = try original(.png, [], MetadataBlocks(exif: exif))
    let output = try Colors.made(file, color: .keep, metadata: .keep).output
    #expect(output.warnings.count == 1)
    #expect(try metadata(of: output.bytes).exif == nil)
    #expect(try ICCProfile(#require(metadata(of: output.bytes).icc)).name == Self.words)
  }

  @Test func aProfileAndAPNGsChunksCountBeforeEXIF() throws {
    let p3 = Colors.named("Display P3")
    #expect(try space(original(.png, Self.adobe, MetadataBlocks(icc: p3.icc))) == .profile(name: "Display P3"))
    #expect(
      try space(original(.jpeg, Self.adobe, MetadataBlocks(icc: Colors.named("Plain by formula").icc))) == .sRGB)
    func chunks(_ chunks: [(String, [UInt8])]) throws -> OriginalColor.Space {
      try space(Colors.tagged(Colors.png(p3, chunks: chunks), .png, Self.adobe))
    }
    #expect(try chunks([("sRGB", [0])]) == .sRGB)
    #expect(try chunks([("gAMA", Colors.numbers(45_455))]) == .sRGB)
    #expect(try chunks([("gAMA", Colors.numbers(100_000))]) == .coded("gAMA 1.0"))
    #expect(try chunks([("cICP", [1, 13, 0, 1])]) == .sRGB)
    #expect(try chunks([]) == .coded(Self.words))
  }

  /// The profile is told of, and carried for who knows better.
  @Test func anUnusableProfileLeavesTheWordToEXIF() throws {
    let icc = Originals.profile("Broken")
    let file = try original(.png, Self.adobe, MetadataBlocks(icc: icc))
    let (plan, output) = try Colors.made(file)
    guard case .colorUnusable? = plan.warnings.first, plan.warnings.count == 1 else {
      Issue.record("\(plan.warnings)")
      return
    }
    #expect(Colors.worst(try decoded(output.bytes), Colors.named("Adobe RGB").expected) <= 1)
    #expect(try metadata(of: Colors.made(file, .webp, color: .keep).output.bytes).icc == icc)
  }

  /// DCF's index for sRGB is true of what is sRGB.
  @Test(arguments: ImageFormat.allCases) func sRGBKeepsItsIndex(_ format: ImageFormat) throws {
    let original = try original(format, Self.plain)
    #expect(try Colors.made(original, format, metadata: .keep).output.bytes == original)
    let other: ImageFormat = format == .png ? .webp : .png
    let found = try read(try Colors.made(original, other, metadata: .keep).output.bytes)
    #expect(found["InteropIFD:InteropIndex"] as? String == "R98")
    #expect(found["ExifIFD:ColorSpace"] as? Int == 1)
  }

  @Test(arguments: [OutputColor.keep, .srgb]) func grayHasAdobeRGBsCurve(_ color: OutputColor) throws {
    let shades = (0...255).map { UInt8($0) }
    let picture = Image(size: Size(width: 256, height: 1), layout: .gray8, pixels: shades)
    let bare = try PNG.encode(picture, options: PNG.Options(), carriesProfile: true)
    let file = try Colors.tagged(bare, .png, Self.adobe)
    // WebP has no gray: kept numbers would need a profile for RGB.
    let (format, encoding) = color == .keep ? (ImageFormat.webp, Colors.lossless) : (.png, nil)
    let output = try Colors.made(file, format, color: color, encoding: encoding).output
    let expected = shades.map { shade in
      let light = pow(Double(shade) / 255, 563 / 256)
      return 255 * (light <= 0.003_130_8 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055)
    }
    let found = try decoded(output.bytes)
    #expect(Colors.worst(found, found.layout.channels.isGray ? expected : expected.flatMap { [$0, $0, $0] }) <= 1)
    #expect(try metadata(of: output.bytes).icc == nil)
  }

  @Test func inkIsNotAdobeRGB() throws {
    let ink = try Colors.inkJPEG([0, 0, 0, 0, 255, 0, 0, 0], icc: nil)
    let file = try Colors.tagged(ink, .jpeg, Self.adobe)
    let report = try Processor.examine(file.span)
    #expect(report.color.space == .sRGB && report.color.flaw == nil && report.conversion == .plainInk)
  }

  @Test func aPictureForTheAPIGoesWithTheProfile() throws {
    let file = try original()
    let width = Colors.named("Adobe RGB").width
    let fitted = try #require(
      try Processor.fitted(file.span, to: InputBounds(pixels: 1...width / 2, bytes: 1 << 20)))
    #expect(try ICCProfile(#require(metadata(of: fitted.bytes).icc)).name == Self.words)
  }

  @Test func newEXIFDoesNotSaySRGBOfWhatAPNGSaysOtherwise() throws {
    for (gamma, number) in [(100_000, 65_535), (45_455, 1)] {
      let file = try Colors.png(Colors.named("Linear"), chunks: [("gAMA", Colors.numbers(gamma))])
      let (plan, output) = try Colors.made(file, color: .keep, metadata: .full)
      #expect(plan.outputs[0].pixels == .kept)
      #expect(try read(output.bytes)["ExifIFD:ColorSpace"] as? Int == number)
    }
  }
}
