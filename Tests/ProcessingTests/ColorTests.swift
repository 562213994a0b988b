import Codecs
import Colorimetry
import Foundation
import Metadata
import Raster
import Testing

@testable import Processing

private let lossless = Encoding.webp(WebP.Options(lossless: true))

/// The worst difference of a picture's colours from what is expected, 0 to 255.
private func worst(_ picture: borrowing Image, _ expected: [Double]) -> Double {
  let colors = picture.layout.channels.isGray ? 1 : 3
  let (stride, depth) = (picture.layout.channels.count, picture.layout.depth.bytes)
  return picture.withPixels { pixels in
    var worst = 0.0
    for pixel in 0..<pixels.count / stride / depth {
      for color in 0..<colors {
        let at = (pixel * stride + color) * depth
        let value =
          depth == 1
          ? Double(pixels[at]) : Double((UInt16(pixels[at]) | UInt16(pixels[at + 1]) << 8).littleEndian) / 257
        worst = max(worst, abs(value - expected[pixel * colors + color]))
      }
    }
    return worst
  }
}

@Suite struct ColorTests {
  private func made(
    _ original: [UInt8], _ format: ImageFormat = .png, color: OutputColor = .srgb, encoding: Encoding? = nil,
    metadata level: MetadataPolicy.Level = .none
  ) throws -> (plan: Plan, output: FinishedOutput) {
    let recipe = Recipe(
      verification: Verification(readBack: .full),
      outputs: [try .test("a", format, color: color, encoding: encoding, metadata: level)])
    let result = try process(original, recipe)
    return (result.plan, result.outputs[0])
  }

  // MARK: Profiles

  @Test(arguments: ["Display P3", "Adobe RGB", "ProPhoto", "Rec. 2020 by table", "Swapped", "Scanner"])
  func coloursBecomeSRGBAndTheProfileGoes(_ name: String) throws {
    let colors = Colors.named(name)
    for layout in [Layout.rgb8, Layout(.rgb, .sixteen), .rgba8] {
      let (_, output) = try made(try Colors.png(colors, layout))
      #expect(worst(try decoded(output.bytes), colors.expected) <= 1)
      #expect(try metadata(of: output.bytes).icc == nil)
      #expect(output.warnings.isEmpty)
    }
    let (_, webp) = try made(try Colors.png(colors), .webp, encoding: lossless)
    #expect(worst(try decoded(webp.bytes), colors.expected) <= 1)
  }

  @Test func byDefaultColoursAndProfileStay() throws {
    let colors = Colors.named("Display P3")
    let (_, output) = try made(try Colors.png(colors), .webp, color: .keep, encoding: lossless)
    #expect(try decoded(output.bytes).bytes == colors.samples)
    #expect(try metadata(of: output.bytes).icc == colors.icc)
  }

  @Test(arguments: ["Gray 1.8", "Dot gain"], Layout.Depth.allCases)
  func grayStaysGray(_ name: String, _ depth: Layout.Depth) throws {
    let colors = Colors.named(name)
    let (_, png) = try made(
      try Colors.png(colors, Layout(.gray, depth)), encoding: .png(PNG.Options(depth: depth)))
    #expect(try header(of: png.bytes).layout == Layout(.gray, depth))
    #expect(worst(try decoded(png.bytes), colors.expected) <= 1)
    let (_, jpeg) = try made(try Colors.png(colors), .jpeg, encoding: .jpeg(JPEG.Options(quality: 100)))
    #expect(try header(of: jpeg.bytes).layout == .gray8)
  }

  @Test func grayThatBecomesColourCannotKeepItsProfileAndIsConverted() throws {
    let colors = Colors.named("Gray 1.8")
    let (_, output) = try made(try Colors.png(colors), .webp, color: .keep, encoding: lossless)
    #expect(worst(try decoded(output.bytes), colors.expected.flatMap { [$0, $0, $0] }) <= 1)
    #expect(try metadata(of: output.bytes).icc == nil)
    #expect(output.warnings.isEmpty)
    let (_, gray) = try made(try Colors.png(colors), .jpeg, color: .keep)
    #expect(try metadata(of: gray.bytes).icc == colors.icc)
  }

  @Test(arguments: ImageFormat.allCases)
  func aPictureWithoutAProfileIsLeftAsItIs(_ format: ImageFormat) throws {
    let original = try Originals.original(format)
    let (plan, output) = try made(original, format)
    #expect(plan.outputs[0].pixels == .kept)
    #expect(output.bytes == original)
  }

  @Test(arguments: ["Plain by formula", "Plain by table"], ImageFormat.allCases)
  func aProfileThatIsSRGBGoesWithoutAnotherEncoding(_ name: String, _ format: ImageFormat) throws {
    let original = try Originals.original(format, with: MetadataBlocks(icc: Colors.named(name).icc))
    let (plan, output) = try made(original, format)
    #expect(plan.outputs[0].pixels == .kept)
    #expect(try encodedPixels(output.bytes) == encodedPixels(original))
    #expect(try metadata(of: output.bytes).icc == nil)
    let kept = try made(original, format, color: .keep).output
    #expect(try metadata(of: kept.bytes).icc == Colors.named(name).icc)
  }

  @Test func anotherSpaceUnderSRGBsNameIsConverted() throws {
    let colors = Colors.named("sRGB IEC61966-2.1")
    let (plan, output) = try made(try Colors.png(colors))
    #expect(plan.outputs[0].pixels != .kept)
    #expect(worst(try decoded(output.bytes), colors.expected) <= 1)
  }

  @Test(arguments: [("RGB ", Layout.rgb8), ("GRAY", .rgb8), ("CMYK", .rgb8), ("RGB ", .gray8)])
  func anUnusableProfileIsAWarningAndColoursStay(_ space: String, _ layout: Layout) throws {
    let icc = Originals.profile("Broken", space: space)
    let original = try Originals.original(.png, 64, 48, layout, with: MetadataBlocks(icc: icc))
    let (plan, output) = try made(original)
    #expect(plan.warnings.count == 1)
    guard case .colorUnusable(let reason)? = plan.warnings.first else {
      Issue.record("\(plan.warnings)")
      return
    }
    #expect(reason.hasPrefix("the colour profile cannot be used: "))
    #expect(try decoded(output.bytes).bytes == decoded(original).bytes)
    #expect(try metadata(of: output.bytes).icc == nil)
  }

  // MARK: What a PNG says

  @Test(arguments: [ImageFormat.png, .webp])
  func gammaIsCarriedAsAProfileOrConverted(_ format: ImageFormat) throws {
    let colors = Colors.named("Linear")
    let original = try Colors.png(colors, chunks: [("gAMA", Colors.numbers(100_000))])
    let encoding = format == .png ? Encoding.png(PNG.Options(compression: 1)) : lossless
    let converted = try made(original, format, encoding: encoding).output
    #expect(worst(try decoded(converted.bytes), colors.expected) <= 1)
    #expect(try metadata(of: converted.bytes).icc == nil)
    // Kept numbers with the profile that says the same: whoever converts them sees the same.
    let kept = try made(original, format, color: .keep, encoding: encoding).output
    #expect(try decoded(kept.bytes).bytes == colors.samples)
    #expect(try ICCProfile(#require(metadata(of: kept.bytes).icc)).name == "gAMA 1.0")
    let again = try made(kept.bytes, format, encoding: encoding).output
    #expect(worst(try decoded(again.bytes), colors.expected) <= 1)
  }

  @Test func anUntouchedPNGKeepsItsChunks() throws {
    let original = try Colors.png(Colors.named("Linear"), chunks: [("gAMA", Colors.numbers(100_000))])
    let (plan, output) = try made(original, color: .keep)
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
    let output = try made(original, .webp, color: .keep, encoding: lossless).output
    #expect(try decoded(output.bytes).bytes == p3.samples)
    #expect(try metadata(of: output.bytes).icc == nil)
  }

  // MARK: Ink

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
    let (_, output) = try made(original, color: color)
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
    let (plan, output) = try made(original)
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
    let throughProfile = try made(ycck).output
    let plain = try made(try Colors.inkJPEG(Self.inks.samples, icc: nil, ycck: true)).output
    #expect(try decoded(throughProfile.bytes).bytes != decoded(plain.bytes).bytes)
    let converter = try SRGBConverter(SourceProfile(press, channels: .cmyk), layout: .cmyk8)
    let expected = converter.converted(try decoded(ycck)).bytes
    #expect(try decoded(throughProfile.bytes).bytes == expected)
  }

  @Test(arguments: ["CMYK", "RGB "]) func inkWithAnUnusableProfileIsAWarningAndTheFallback(_ space: String) throws {
    let broken = try Colors.inkJPEG(Self.inks.samples, icc: Originals.profile("Broken", space: space))
    let (plan, output) = try made(broken, color: .keep)
    guard case .colorUnusable? = plan.warnings.first, plan.warnings.count == 1 else {
      Issue.record("\(plan.warnings)")
      return
    }
    let plain = try made(try Colors.inkJPEG(Self.inks.samples, icc: nil)).output
    #expect(try decoded(output.bytes).bytes == decoded(plain.bytes).bytes)
  }

  @Test func anUntouchedJPEGOfInkStaysAsItIs() throws {
    let original = try Colors.inkJPEG(Self.inks.samples, icc: Colors.named("Press").icc)
    let kept = try made(original, .jpeg, color: .keep)
    #expect(kept.plan.outputs[0].pixels == .kept)
    #expect(try encodedPixels(kept.output.bytes) == encodedPixels(original))
    let converted = try made(original, .jpeg).output
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

  // MARK: Sharing

  @Test(arguments: [1, 4]) func outputsShareTheConversionAndAreTheSameWhicheverWayItIsDone(_ threads: Int) throws {
    let colors = Colors.named("Display P3")
    let original = try Colors.png(colors)
    let alone = try made(original, .webp, encoding: lossless).output.bytes
    // Beside an output with the original's own colours, the conversion has its own picture.
    let recipe = Recipe(outputs: [
      try .test("a.webp", .webp, color: .srgb, encoding: lossless), try .test("b.webp", .webp, encoding: lossless),
      try .test("c.png", .png, color: .srgb),
    ])
    let report = try Processor.examine(original.span)
    let plan = try Processor.plan(recipe, for: report, original: OriginalFacts(), job: .test())
    let shared = plan.explanation(of: report).shared
    #expect(shared.map(\.steps) == [["convert to sRGB through \"Display P3\""]])
    #expect(shared.map(\.outputs) == [["a.webp", "c.png"]])
    var made: [[UInt8]] = []
    try Processor.run(plan, original: original.span, threads: threads) { made.append($0.bytes) }
    #expect(made[0] == alone)
    #expect(try decoded(made[1]).bytes == colors.samples)
    #expect(try decoded(made[2]).bytes == decoded(alone).bytes)
  }

  @Test func aReportThatHasTravelledPlansTheSame() throws {
    let original = try Colors.png(Colors.named("Display P3"))
    let report = try Processor.examine(original.span)
    let travelled = try JSONDecoder().decode(OriginalReport.self, from: JSONEncoder().encode(report))
    let recipe = Recipe(outputs: [try .test("a.webp", .webp, color: .srgb)])
    let plans = try [report, travelled].map {
      try Processor.plan(recipe, for: $0, original: OriginalFacts(), job: .test())
    }
    #expect(plans[0] == plans[1])
    // Another original of the same size, whose colours are others, is not what was planned for.
    let other = try Colors.png(Colors.named("Adobe RGB"))
    #expect(throws: RunError<Never>.self) { try Processor.run(plans[1], original: other.span) { _ in } }
  }

  @Test func aPictureForTheAPIIsNoInk() throws {
    let original = try Colors.inkJPEG(Self.inks.samples, icc: Colors.named("Press").icc)
    let bounds = InputBounds(pixels: 1...400, bytes: 1 << 20)
    let fitted = try #require(try Processor.fitted(original.span, to: bounds))
    #expect(try header(of: fitted.bytes).layout == .rgb8)
    #expect(fitted.change.contains("converted from CMYK to sRGB"))
  }

  // MARK: Metadata

  @Test func theOutputSaysNothingElseOfItsColours() throws {
    // ColorSpace 65535 and DCF's R03, which is Adobe RGB; XMP with the profile's name.
    let exif: [UInt8] =
      [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0]
      + [1, 0, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0]
      + [2, 0, 0x01, 0xA0, 3, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0x05, 0xA0, 4, 0, 1, 0, 0, 0, 56, 0, 0, 0, 0, 0, 0, 0]
      + [1, 0, 0x01, 0, 2, 0, 4, 0, 0, 0, 0x52, 0x30, 0x33, 0, 0, 0, 0, 0]
    let xmp = Array(
      """
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
      <rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" \
      xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" exif:ColorSpace="65535" \
      photoshop:ICCProfile="Adobe RGB (1998)" photoshop:Headline="Kept"/></rdf:RDF></x:xmpmeta>
      """.utf8)
    let colors = Colors.named("Adobe RGB")
    let bare = try Colors.png(colors)
    let original = try Container.rewrite(
      bare.span, with: MetadataBlocks(exif: exif, xmp: xmp, icc: colors.icc))
    let tags = [
      "-ExifIFD:ColorSpace", "-InteropIFD:all", "-XMP:ColorSpace", "-ICCProfileName", "-Headline", "-ICC_Profile:all",
    ]
    func read(_ bytes: [UInt8]) throws -> [String: Any] {
      try Colors.exiftool(bytes, tags[0], tags[1], tags[2], tags[3], tags[4], tags[5])
    }
    let before = try read(original)
    #expect(before["ExifIFD:ColorSpace"] as? Int == 65_535 && before["InteropIFD:InteropIndex"] as? String == "R03")
    for format in ImageFormat.allCases {
      let found = try read(made(original, format, metadata: .keep).output.bytes)
      #expect(found["ExifIFD:ColorSpace"] as? Int == 1, "\(format)")
      #expect(found["XMP-photoshop:Headline"] as? String == "Kept", "\(format)")
      #expect(Set(found.keys) == ["SourceFile", "ExifIFD:ColorSpace", "XMP-photoshop:Headline"], "\(format)")
      let full = try read(made(original, format, metadata: .full).output.bytes)
      #expect(full["ExifIFD:ColorSpace"] as? Int == 1, "\(format)")
      let kept = try read(made(original, format, color: .keep, metadata: .keep).output.bytes)
      #expect(kept["ExifIFD:ColorSpace"] as? Int == 65_535, "\(format)")
      #expect(kept["XMP-photoshop:ICCProfileName"] as? String == "Adobe RGB (1998)", "\(format)")
    }
  }
}
