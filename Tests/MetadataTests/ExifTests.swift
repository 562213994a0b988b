import Foundation
import Raster
import Testing

@testable import Metadata

@Suite struct ExifTests {
  @Test func aBuiltBlockSaysWhatItWasGiven() throws {
    let fields = ExifFields(
      size: Size(width: 70_000, height: 16), imageDescription: "Übersicht 東京", software: Samples.system,
      dateTime: "2026-11-21T08:30:00.123+01:00", artist: "Ada", copyright: "© 2026", userComment: Samples.prompt,
      dotsPerInch: 300)
    let blob = try Exif.build(fields)
    #expect(blob.starts(with: Array("MM\0*".utf8)))
    let summary = try Exif.summary(of: blob)
    #expect(summary.imageDescription == "Übersicht 東京")
    #expect(summary.software == Samples.system)
    #expect(summary.dateTime == "2026:11:21 08:30:00")
    #expect(summary.artist == "Ada")
    #expect(summary.copyright == "© 2026")
    #expect(summary.userComment == Samples.prompt)
    #expect(summary.dotsPerInch == 300)
    #expect(summary.size == Size(width: 70_000, height: 16))
    #expect(summary.orientation == .upright)
    #expect(!summary.hasGPS && !summary.hasThumbnail && !summary.hasMakerNote)
  }

  @Test func controlCharactersAndBadTimesAreLeftOut() throws {
    let blob = try Exif.build(
      ExifFields(size: Samples.size, software: "a\0b", dateTime: "yesterday, at about ten", userComment: "c\0d"))
    let summary = try Exif.summary(of: blob)
    #expect(summary.software == "ab" && summary.userComment == "cd" && summary.dateTime == nil)
  }

  @Test func blocksBeyondTheLimitAreRefused() throws {
    let empty = try Exif.build(ExifFields(size: Samples.size, userComment: "")).count
    let fitting = String(repeating: "x", count: (Exif.limit - empty) / 2)
    #expect(try Exif.build(ExifFields(size: Samples.size, userComment: fitting)).count <= Exif.limit)
    #expect(throws: MetadataError.self) { try Exif.build(ExifFields(size: Samples.size, userComment: fitting + "xx")) }
  }

  @Test(arguments: ["photo.jpg", "photo.png", "photo.webp"])
  func aForeignBlockIsSummarised(name: String) throws {
    let blob = try #require(try Container.read(Fixtures.file(name)).exif)
    let summary = try Exif.summary(of: blob)
    #expect(summary.orientation == .rotated90)
    #expect(summary.make == "Ricoh Secretmaker" && summary.model == "Model Nine")
    #expect(summary.artist == "Ada Lovelace" && summary.userComment == "a comment")
    #expect(summary.size == Size(width: 4000, height: 3000))
    #expect(summary.hasGPS && summary.hasMakerNote)
    #expect(summary.hasThumbnail == (name == "photo.jpg"))
    #expect(Exif.orientation(of: blob) == .rotated90)
  }

  @Test(arguments: ["photo.jpg", "photo.png", "photo.webp"])
  func aSanitizedBlockKeepsItsLayoutAndLosesWhatMustGo(name: String) throws {
    let scratch = try Scratch()
    let blob = try #require(try Container.read(Fixtures.file(name)).exif)
    let sanitized = try #require(Exif.sanitized(blob, size: Samples.size, keepsGPS: false))
    #expect(!sanitized.contains("SecretNote"))
    let summary = try Exif.summary(of: sanitized)
    #expect(summary.orientation == .upright && summary.size == Samples.size)
    #expect(!summary.hasGPS && !summary.hasThumbnail && !summary.hasMakerNote)
    #expect(summary.make == "Ricoh Secretmaker" && summary.userComment == "a comment")
    // Values lie where they lay.
    for word in ["Ricoh Secretmaker", "Ada Lovelace"] {
      let place = blob.indices.first { blob[$0...].starts(with: word.utf8) }
      #expect(place != nil && place == sanitized.indices.first { sanitized[$0...].starts(with: word.utf8) })
    }
    try scratch.write(Container.rewrite(Fixtures.file(name), with: MetadataBlocks(exif: sanitized)), name)
    let row = try #require(try scratch.exiftool([name])[name])
    #expect(row["ExifTool:Warning"] == nil)
    #expect(row.keys.allSatisfy { !$0.hasPrefix("GPS:") && !$0.hasPrefix("IFD1:") && !$0.contains("MakerNote") })
    #expect(row["IFD0:Orientation"] as? Int == 1)
    #expect(row["IFD0:Model"] as? String == "Model Nine")
    #expect(row["ExifIFD:ExifImageWidth"] as? Int == 24)
  }

  @Test func gpsStaysWhenAsked() throws {
    let scratch = try Scratch()
    let blob = try #require(try Container.read(Fixtures.file("photo.png")).exif)
    let sanitized = try #require(Exif.sanitized(blob, size: Samples.size, keepsGPS: true))
    try scratch.write(Container.rewrite(Fixtures.file("rgba.png"), with: MetadataBlocks(exif: sanitized)), "gps.png")
    let row = try #require(try scratch.exiftool(["gps.png"])["gps.png"])
    #expect(row["GPS:GPSLatitude"] as? Double == 45.4375)
    #expect(try Exif.summary(of: sanitized).hasMakerNote == false)
  }

  @Test func anUntouchedBlockComesBackAsItIs() throws {
    let blob = try #require(try Samples.blocks(for: "rgba.png").exif)
    #expect(Exif.sanitized(blob, size: Samples.size, keepsGPS: false) == blob)
  }

  @Test func sharedBytesAreNotSanitized() throws {
    // Artist's value lies upon the GPS directory: blanking the one would break the other.
    let text: [UInt8] = [0x01, 0x3B, 0, 2, 0, 0, 0, 18, 0, 0, 0, 38]
    let gps: [UInt8] = [0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]
    let table: [UInt8] = [0, 1, 0, 0, 0, 1, 0, 0, 0, 4, 2, 3, 0, 0, 0, 0, 0, 0]
    let blob = Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 2] + text + gps + [0, 0, 0, 0] + table
    #expect(Exif.sanitized(blob, size: Samples.size, keepsGPS: false) == nil)
  }

  @Test func aValueInsideADirectoryThatMovesIsNotSanitized() throws {
    let blob = Array(
      try #require(
        Data(
          base64Encoded: "TU0AKgAAAAgACgEOAAIAAAAIAAAAEgEAAQAAAJQBGwAFAAAAAfsAAJwBKAADAAAAAQABAAABOwACAAAAY3JldEFTQ0lJ"
            + "AAAAYSBjb21tZW50AAADAAAAAQAAAAQCAwAAAAEAAgCBAAACTgAAAAACAAUAAAADAwABAAAABgAAAI4BEgADAAAAAQAC"
            + "AAABGgAFAAAAAQAAAJQBGwAFAAAAAfsAAJwBKAADAAAAAQABAAABOwACAAAAY3JldEFTQ0lJAAAAYSBjb21tZW50AAAD"
            + "AAAAAQAAAAQCAwAAAAEAAgCBAAACTgAAAAACAAUAAAADAAABMgAAAAAAAAAtAAAAAQAAABcAAAABAAAAPAAAAAE=")))
    let additions = [
      TIFFStructure.Addition(tag: TIFFStructure.Tag.artist, value: .text("Ada")),
      TIFFStructure.Addition(tag: TIFFStructure.Tag.xResolution, value: .whole(300)),
    ]
    #expect(throws: MetadataError.self) {
      try Exif.sanitized(blob, size: Samples.size, keepsGPS: false, isSRGB: true, additions: additions)
    }
  }

  @Test func damagedBlocksAreRefusedOrUpright() throws {
    let blob = try #require(try Container.read(Fixtures.file("photo.png")).exif)
    for length in 0..<blob.count {
      let cut = Array(blob[..<length])
      _ = Exif.orientation(of: cut)
      if let kept = Exif.sanitized(cut, size: Samples.size, keepsGPS: false) {
        let model = try Exif.summary(of: kept).model
        #expect(model == nil || model == "Model Nine", "\(length)")
      }
    }
    #expect(Exif.orientation(of: []) == .upright)
    #expect(throws: MetadataError.damagedExif(reason: "it does not begin like a TIFF structure")) {
      try Exif.summary(of: [1, 2, 3])
    }
  }
}
