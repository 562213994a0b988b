import Foundation
import Metadata
import Raster
import Testing

@Suite struct MetadataPlanTests {
  private static let formats = [(ImageFormat.jpeg, "colour.jpg"), (.png, "rgba.png"), (.webp, "lossy.webp")]

  private func planned(
    _ policy: MetadataPolicy, _ format: ImageFormat, original: MetadataBlocks = MetadataBlocks(),
    provenance: Provenance = Samples.provenance, pixelsChanged: Bool = true
  ) throws -> MetadataBlocks {
    try MetadataBlocks.planned(
      for: policy, provenance: provenance, original: original, outputSize: Samples.size, format: format,
      pixelsChanged: pixelsChanged)
  }

  @Test func everyLevelInEveryContainerPleasesOtherPrograms() throws {
    let scratch = try Scratch()
    var names: [String] = []
    for (format, target) in Self.formats {
      for (_, source) in [(0, "photo.jpg"), (1, "photo.png"), (2, "photo.webp")] {
        for level in MetadataPolicy.Level.allCases {
          var policy = MetadataPolicy(level: level)
          if level == .full { policy = Samples.policy }
          var original = try Container.read(Fixtures.file(source))
          original.icc = try Fixtures.profile()
          let blocks = try planned(policy, format, original: original)
          let file = try Container.rewrite(Fixtures.file(target), with: blocks)
          #expect(try Container.read(file).carriesSame(as: blocks), "\(source) \(level) \(format)")
          let name = "\(source.replacing(".", with: "-"))-\(level).\(format.rawValue)"
          try scratch.write(file, name)
          names.append(name)
        }
      }
    }
    let rows = try scratch.exiftool(names)
    #expect(rows.count == 36)
    for name in names {
      let row = try #require(rows[name])
      #expect(row["ExifTool:Warning"] == nil && row["ExifTool:Error"] == nil, "\(name)")
      #expect(row["ICC-header:ProfileFileSignature"] as? String == "acsp", "\(name)")
      #expect(
        row.keys.allSatisfy { !$0.contains("GPS") && !$0.contains("Thumbnail") && !$0.contains("City") }, "\(name)")
      let isTold = name.contains("provenance") || name.contains("full")
      let source = row["XMP-iptcExt:DigitalSourceType"] as? String
      #expect(source?.hasSuffix("/trainedAlgorithmicMedia") ?? false == isTold, "\(name)")
      #expect((row["XMP-iptcExt:AISystemUsed"] as? String == Samples.system) == isTold, "\(name)")
      #expect((row["IFD0:Software"] as? String == Samples.system) == isTold, "\(name)")
      let isFull = name.contains("full")
      #expect((row["XMP-iptcExt:AIPromptInformation"] as? String == Samples.prompt) == isFull, "\(name)")
      #expect((row["ExifIFD:UserComment"] as? String)?.contains(Samples.prompt) ?? false == isFull, "\(name)")
      #expect((row["XMP-dc:Title"] as? String == "Canal Grande") == name.contains("keep"), "\(name)")
      #expect((row["IFD0:Make"] != nil) == name.contains("keep"), "\(name)")
      if isFull {
        #expect(row["IFD0:XResolution"] as? Int == 300, "\(name)")
        #expect(row["IFD0:Artist"] as? String == "Ada Lovelace" && row["IFD0:Copyright"] as? String == "© 2026 Example")
        #expect(
          row["XMP-dc:Creator"] as? String == "Ada Lovelace" && row["XMP-dc:Subject"] as? [String] == ["canal", "夕方"])
        #expect(row["XMP-dc:Description"] as? String == "Übersicht")
        #expect(row["XMP-iptcCore:AltTextAccessibility"] as? String == "Übersicht")
      }
      if name.hasSuffix("keep.jpeg"), name.contains("photo-jpg") { #expect(row["IPTC:Keywords"] as? String == "canal") }
    }
    for name in names {
      let result = try Tool.exiv2.run(["-q", "-pa", name], in: scratch)
      #expect(result.errors == "", "\(name)")
    }
    let pillow = try Tool.python.run(
      ["-W", "error", "-c", Self.pillow] + names, in: scratch)
    #expect(pillow.status == 0, "\(pillow.errors)")
  }

  private static let pillow = """
    import sys
    from PIL import Image
    for name in sys.argv[1:]:
        i = Image.open(name); i.load()
        e = i.getexif()
        told = "provenance" in name or "full" in name
        assert (e.get(0x131) == "Venice.ai venice-sd35") == told, name
        assert e.get(0x112, 1) == 1 and i.info["icc_profile"], name
        assert (e.get(0x10F) is not None) == ("keep" in name), name
        if "full" in name and not name.endswith("webp"): assert round(i.info["dpi"][0]) == 300, name
        if name.endswith("full.png"): assert i.info["parameters"].endswith("Steps: 20, Seed: 1234567"), name
    """

  @Test func noneLeavesNothingButTheProfile() throws {
    for (format, target) in Self.formats {
      for source in ["photo.jpg", "photo.png", "photo.webp"] {
        var original = try Container.read(Fixtures.file(source))
        original.icc = try Fixtures.profile()
        let blocks = try planned(MetadataPolicy(level: .none), format, original: original)
        #expect(blocks == MetadataBlocks(icc: original.icc))
        let file = try Container.rewrite(Fixtures.file(target), with: blocks)
        let words = [
          "Venice", "venice", "canal", "boats", "1234567", "0123456789abcdef", "Lovelace", "Ricoh", "arkroom", "Exif",
          "xmp",
          "parameters", "trained",
        ]
        for word in words { #expect(!file.contains(word), "\(word) \(source) \(format)") }
      }
    }
  }

  @Test func provenanceTellsTheSystemAndNeitherPromptNorParameters() throws {
    for (format, target) in Self.formats {
      let blocks = try planned(MetadataPolicy(level: .provenance, writesParameters: true), format)
      let fields = try blocks.xmpFields()
      #expect(
        fields
          == XMPFields(
            digitalSourceType: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
            aiSystem: Samples.system))
      let summary = try blocks.exifSummary()
      #expect(summary.software == Samples.system && summary.userComment == nil && summary.dateTime == nil)
      let file = try Container.rewrite(Fixtures.file(target), with: blocks)
      for word in ["canal", "東京", "boats", "1234567", "2026", "parameters"] { #expect(!file.contains(word), "\(word)") }
    }
  }

  @Test func anEditIsACompositeAndAPhotoIsNothing() throws {
    var edit = Samples.provenance
    edit.source = .compositeWithTrainedAlgorithmicMedia
    let packet = try #require(try planned(MetadataPolicy(level: .provenance), .png, provenance: edit).xmp)
    #expect(
      XMP.fields(of: packet)?.digitalSourceType
        == "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia")
    let own = Provenance(source: .untouched, created: "2026-11-21T08:30:00Z")
    #expect(try planned(MetadataPolicy(level: .provenance), .png, provenance: own) == MetadataBlocks())
  }

  @Test func aDisclosureThatAPictureBringsIsCarriedOn() throws {
    let own = Provenance(source: .untouched, created: "2026-11-21T08:30:00Z")
    let disclosure = XMPFields(
      digitalSourceType: "http://cv.iptc.org/newscodes/digitalsourcetype/digitalArt", aiSystem: "Other")
    var brought = disclosure
    brought.prompt = "their prompt"
    brought.rights = "© them"
    let original = MetadataBlocks(xmp: XMP.packet(brought))
    let provenance = try planned(MetadataPolicy(level: .provenance), .webp, original: original, provenance: own)
    #expect(try provenance.xmpFields() == disclosure)
    let full = try planned(MetadataPolicy(level: .full), .webp, original: original, provenance: own)
    #expect(try full.xmpFields() == brought)
    #expect(try full.exifSummary().copyright == "© them")
  }

  @Test func whatAPolicyNamesIsWrittenAtEveryLevel() throws {
    let scratch = try Scratch()
    var names: [String] = []
    for level in MetadataPolicy.Level.allCases {
      for (format, target) in Self.formats {
        var policy = Samples.policy
        policy.level = level
        let original = try Container.read(Fixtures.file("photo.jpg"))
        let blocks = try planned(policy, format, original: original)
        let fields = try blocks.xmpFields()
        #expect(fields.creators == ["Ada Lovelace"] && fields.rights == "© 2026 Example", "\(level) \(format)")
        #expect(fields.subjects == ["canal", "夕方"] && fields.altText == "Übersicht", "\(level) \(format)")
        let summary = try blocks.exifSummary()
        #expect(summary.copyright == "© 2026 Example" && summary.imageDescription == "Übersicht", "\(level) \(format)")
        #expect(summary.dotsPerInch == 300, "\(level) \(format)")
        #expect(blocks.density == Density.dotsPerInch(300).expressed(for: format))
        let file = try Container.rewrite(Fixtures.file(target), with: blocks)
        #expect(try Container.read(file).carriesSame(as: blocks), "\(level) \(format)")
        names.append("\(level)-\(target)")
        try scratch.write(file, "\(level)-\(target)")
      }
    }
    let rows = try scratch.exiftool(names)
    for name in names {
      let row = try #require(rows[name])
      #expect(row["ExifTool:Warning"] == nil && row["ExifTool:Error"] == nil, "\(name)")
      #expect(row["IFD0:Artist"] as? String == "Ada Lovelace" && row["IFD0:XResolution"] as? Int == 300, "\(name)")
      #expect((row["IFD0:Model"] as? String == "Model Nine") == name.hasPrefix("keep"), "\(name)")
      #expect((row["ExifIFD:UserComment"] as? String == "a comment") == name.hasPrefix("keep"), "\(name)")
    }
  }

  @Test func parametersAreWrittenIntoFullPNGsAlone() throws {
    let text = "\(Samples.prompt)\nNegative prompt: boats, people\nSteps: 20, Seed: 1234567"
    #expect(
      try planned(Samples.policy, .png).texts == [TextBlock(keyword: "parameters", text: text, form: .utf8)])
    #expect(try planned(Samples.policy, .jpeg).texts == [])
    #expect(try planned(Samples.policy, .webp).texts == [])
  }

  @Test func keepLosesPositionThumbnailAndMakerNote() throws {
    for source in ["photo.jpg", "photo.png", "photo.webp"] {
      let original = try Container.read(Fixtures.file(source))
      let blocks = try planned(MetadataPolicy(level: .keep), Samples.format(of: source), original: original)
      #expect(blocks.warnings == [], "\(source)")
      let packet = try #require(blocks.xmp)
      #expect(packet.contains("Canal Grande"))
      for word in ["GPS", "45,26", "Venezia", "Orientation"] { #expect(!packet.contains(word), "\(source) \(word)") }
      if let iptc = blocks.iptc { #expect(iptc.contains("Lovelace") && !iptc.contains("Venezia")) }
      let kept = try planned(
        MetadataPolicy(level: .keep, keepsGPS: true), Samples.format(of: source), original: original)
      #expect(kept.xmp?.contains("GPSLatitude") == true)
      #expect(try kept.exifSummary().hasGPS)
    }
  }

  @Test func keepSaysWhatHasNoPlace() throws {
    let original = MetadataBlocks(
      iptc: [0x1C, 2, 25, 0, 5] + Array("canal".utf8),
      texts: [TextBlock(keyword: "Comment", text: "a"), TextBlock(keyword: "Title", text: "b")])
    #expect(
      try planned(MetadataPolicy(level: .keep), .webp, original: original).warnings == [
        .dropped(
          .iptc,
          reason: "webp has no place for it; XMP says its by-line, caption, headline, copyright and keywords"),
        .dropped(.text, reason: "webp has no place for Comment"),
        .dropped(.text, reason: "webp has no place for Title"),
      ])
    #expect(
      try planned(MetadataPolicy(level: .keep), .jpeg, original: original).warnings == [
        .dropped(.text, reason: "jpeg has no place for Title")
      ])
  }

  @Test func keepDropsWhatItCannotRead() throws {
    let original = MetadataBlocks(
      exif: Array("MM\0*".utf8) + [0, 0, 1, 0], xmp: Array("<x".utf8), iptc: [0x1C, 2, 25, 1, 0])
    let blocks = try planned(MetadataPolicy(level: .keep), .jpeg, original: original)
    #expect(blocks.exif == nil && blocks.xmp == nil && blocks.iptc == nil)
    #expect(
      blocks.warnings == [
        .damaged(.exif, reason: "the EXIF block is damaged: a directory at byte 256 lies outside of it"),
        .damaged(.xmp, reason: "it is no RDF/XML, so that nobody knows what it says"),
        .damaged(.iptc, reason: "a data set is cut"),
      ])
  }

  @Test func keepChangesNothingWhereNothingMustChange() throws {
    for (format, target) in Self.formats {
      var own = try Samples.blocks(for: target)
      own.texts = []
      let file = try Container.rewrite(Fixtures.file(target), with: own)
      let original = try Container.read(file)
      let blocks = try planned(MetadataPolicy(level: .keep), format, original: original, pixelsChanged: false)
      #expect(blocks == original)
      #expect(try Container.rewrite(file, with: blocks) == file)
    }
  }

  @Test func makingAFileAgainGivesTheSameFile() throws {
    let first = try planned(Samples.policy, .png)
    #expect(try planned(Samples.policy, .png) == first)
    var other = Samples.policy
    other.texts.artist = nil
    let fields = try first.xmpFields()
    let others = try planned(other, .png).xmpFields()
    #expect(fields.documentID == others.documentID && fields.instanceID != others.instanceID)
    #expect(fields.documentID == "xmp.did:01234567-89ab-8def-8123-456789abcdef")
  }
}
