import Foundation
import Metadata
import Raster
import Testing

/// What is long: it finds a place, or is cut with a record.
@Suite struct MetadataPlanFittingTests {
  private static let formats = [(ImageFormat.jpeg, "colour.jpg"), (.png, "rgba.png"), (.webp, "lossy.webp")]

  private func planned(
    _ policy: MetadataPolicy, _ format: ImageFormat, original: MetadataBlocks = MetadataBlocks(),
    provenance: Provenance = Samples.provenance
  ) throws -> MetadataBlocks {
    try MetadataBlocks.planned(
      for: policy, provenance: provenance, original: original, outputSize: Samples.size, format: format,
      pixelsChanged: true)
  }

  @Test func longPromptsComeThroughWholeInXMPAndCutInEXIF() throws {
    var provenance = Samples.provenance
    let clean = String(repeating: "東京🎨 & <\"", count: 3_750)
    #expect(clean.count == 30_000)
    provenance.prompt = "\0" + clean
    let scratch = try Scratch()
    for (format, target) in Self.formats {
      let blocks = try planned(Samples.policy, format, provenance: provenance)
      let file = try Container.rewrite(Fixtures.file(target), with: blocks)
      let read = try Container.read(file)
      #expect(read.carriesSame(as: blocks), "\(format)")
      #expect(try read.xmpFields().prompt == clean, "\(format)")
      let comment = try #require(try read.exifSummary().userComment)
      let end = "\nNegative prompt: boats, people\nSteps: 20, Seed: 1234567"
      #expect(comment.hasSuffix(end) && clean.hasPrefix(comment.dropLast(end.count)), "\(format)")
      let kept = comment.count - end.count
      #expect(kept > 20_000)
      #expect(
        blocks.warnings == [
          .charactersRemoved(field: "prompt", count: 1), .cut(.exif, field: "prompt", kept: kept, of: 30_000),
        ], "\(format)")
      try scratch.write(file, target)
    }
    let rows = try scratch.exiftool(Self.formats.map(\.1))
    for (_, target) in Self.formats {
      #expect(rows[target]?["XMP-iptcExt:AIPromptInformation"] as? String == clean, "\(target)")
      #expect(rows[target]?["ExifTool:Validate"] as? String == "0 0 0", "\(target)")
    }
  }

  /// A job that was paid for does not fail over what its pipeline says of it.
  @Test func noPolicyIsTooLongForAnOutput() throws {
    let scratch = try Scratch()
    var names: [String] = []
    let words = (0..<100).map { String(repeating: "&", count: 1_990) + "\($0)" }
    let text = String(repeating: "<", count: 2_000)
    for level in MetadataPolicy.Level.allCases {
      for (format, target) in Self.formats {
        let policy = MetadataPolicy(
          level: level,
          texts: MetadataTexts(artist: text, copyright: text, description: text, keywords: words), dpi: 300)
        let blocks = try planned(policy, format, original: Container.read(Fixtures.file("photo.jpg")))
        let file = try Container.rewrite(Fixtures.file(target), with: blocks)
        #expect(try Container.read(file).carriesSame(as: blocks), "\(level) \(format)")
        let fields = try blocks.xmpFields()
        #expect(fields.creators == [text] && fields.rights == text && fields.altText == text, "\(level) \(format)")
        #expect(fields.subjects == Array(words.prefix(26)), "\(level) \(format)")
        let (kept, all) = (words.prefix(26).joined().count, words.joined().count)
        #expect(blocks.warnings.contains(.cut(.xmp, field: "keywords", kept: kept, of: all)), "\(level) \(format)")
        names.append("\(level)-\(target)")
        try scratch.write(file, "\(level)-\(target)")
      }
    }
    let rows = try scratch.exiftool(names)
    for name in names {
      #expect((rows[name]?["XMP-dc:Subject"] as? [String])?.count == 26, "\(name)")
      #expect(rows[name]?["ExifTool:Warning"] == nil && rows[name]?["ExifTool:Error"] == nil, "\(name)")
    }
  }

  @Test func whatAStrangerWroteIsNotTooLongEither() throws {
    let text = String(repeating: "&", count: 8_000)
    let original = MetadataBlocks(
      xmp: XMP.packet(
        XMPFields(description: text, altText: text, creators: [text], rights: text, subjects: [text])))
    let own = Provenance(source: .untouched, created: "2026-11-21T08:30:00Z")
    for level in [MetadataPolicy.Level.keep, .full] {
      let blocks = try planned(MetadataPolicy(level: level), .jpeg, original: original, provenance: own)
      let file = try Container.rewrite(Fixtures.file("colour.jpg"), with: blocks)
      #expect(try Container.read(file).xmpFields().rights == text, "\(level)")
      #expect(blocks.warnings == [], "\(level)")
    }
  }

  @Test func aNegativePromptGivesWayBeforeTheSeed() throws {
    var provenance = Samples.provenance
    provenance.prompt = "short"
    provenance.parameters = [
      .init(name: "negative_prompt", value: String(repeating: "n", count: 40_000)), .init(name: "seed", value: "77"),
    ]
    let blocks = try planned(MetadataPolicy(level: .full), .png, provenance: provenance)
    let comment = try #require(try blocks.exifSummary().userComment)
    #expect(comment.hasPrefix("\nNegative prompt: nnn") && comment.hasSuffix("n\nSeed: 77"))
    let kept = comment.count - "\nNegative prompt: \nSeed: 77".count
    #expect(
      blocks.warnings == [
        .cut(.exif, field: "prompt", kept: 0, of: 5), .cut(.exif, field: "negative prompt", kept: kept, of: 40_000),
      ])
  }

  @Test func longEXIFHasAPlaceOutsideJPEG() throws {
    let scratch = try Scratch()
    let text = String(repeating: "long ", count: 20_000)
    // One directory: ImageDescription, Make, and no next one.
    var exif = Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 2]
    for (tag, count, offset) in [(0x0E, text.utf8.count + 1, 38), (0x0F, 4, 0)] as [(UInt8, Int, Int)] {
      exif += [1, tag, 0, 2] + PNGPieces.number(UInt32(count))
      exif += offset > 0 ? PNGPieces.number(UInt32(offset)) : Array("Abc\0".utf8)
    }
    exif += [0, 0, 0, 0] + Array("\(text)\0".utf8)
    let original = MetadataBlocks(exif: exif)
    for (format, target) in Self.formats {
      let blocks = try planned(MetadataPolicy(level: .keep), format, original: original)
      let file = try Container.rewrite(Fixtures.file(target), with: blocks)
      #expect(try Container.read(file).carriesSame(as: blocks), "\(format)")
      if format == .jpeg {
        #expect(blocks.exif == nil)
        #expect(blocks.warnings.map(\.description).first?.hasSuffix("fit a JPEG segment, which holds 65527") == true)
      } else {
        #expect(blocks.warnings == [], "\(format)")
      }
      try scratch.write(file, target)
    }
    let rows = try scratch.exiftool(Self.formats.map(\.1))
    for (format, target) in Self.formats {
      let isThere = format != .jpeg
      #expect((rows[target]?["IFD0:ImageDescription"] as? String == text) == isThere, "\(format)")
      #expect((rows[target]?["IFD0:Make"] as? String == "Abc") == isThere, "\(format)")
    }
  }
}
