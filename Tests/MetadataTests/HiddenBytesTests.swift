import Foundation
import Metadata
import Raster
import Testing

/// Bytes that ride along in structures that belong to the pixels: after `none` they are gone, and the picture is the
/// same.
@Suite struct HiddenBytesTests {
  private static let secret = Array("SECRETWORD".utf8)

  private static func png(_ file: String, _ name: String, _ data: [UInt8]) throws -> [UInt8] {
    var file = try Fixtures.file(file)
    file.insert(contentsOf: PNGPieces.chunk(name, data), at: 33)
    return file
  }

  private static func webp(
    _ file: String, _ change: (inout [(name: String, data: [UInt8])]) -> Void
  ) throws -> [UInt8] {
    var chunks = RIFFPieces.chunks(try Fixtures.file(file))
    change(&chunks)
    return RIFFPieces.file(chunks)
  }

  /// What the file shows.
  private static func plain(_ name: String) -> String {
    switch name {
    case "adobe.jpg": "cmyk.jpg"
    case "dnl.jpg": "colour.jpg"
    case "head.webp": "alpha-lossy.webp"
    case "still.webp": "lossy.webp"
    default: name.hasSuffix("png") ? "rgba.png" : "animated.webp"
    }
  }

  private static func files() throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    var cmyk = try Fixtures.file("cmyk.jpg")
    let adobe = try #require(cmyk.indices.first { cmyk[$0...].starts(with: "Adobe".utf8) })
    cmyk.insert(contentsOf: secret, at: adobe + 12)
    cmyk[adobe - 1] += UInt8(secret.count)
    files["adobe.jpg"] = cmyk
    var dnl = try Fixtures.file("colour.jpg")
    let scan = try #require(dnl.indices.first { dnl[$0...].starts(with: [0xFF, 0xDA]) })
    dnl.insert(contentsOf: Segments.segment(0xDC, secret), at: scan)
    files["dnl.jpg"] = dnl
    for name in ["gAMA", "cHRM", "sRGB", "cICP", "sBIT", "bKGD", "hIST", "mDCV", "cLLI", "acTL"] {
      files["\(name).png"] = try png("rgba.png", name, secret + secret)
    }
    // The standard's length, but for another kind of picture; and the same chunk twice.
    files["sBIT-rgb.png"] = try png("rgba.png", "hIST", secret)
    files["twice.png"] = try png("rgba.png", "mDCV", [UInt8](repeating: 1, count: 14) + secret)
    files["twice.png"]?.insert(contentsOf: PNGPieces.chunk("mDCV", [UInt8](repeating: 1, count: 24)), at: 33)
    var end = try Fixtures.file("rgba.png")
    end.replaceSubrange(end.count - 12..<end.count, with: PNGPieces.chunk("IEND", secret))
    files["end.png"] = end
    files["head.webp"] = try webp("alpha-lossy.webp") { $0[0].data += secret }
    files["still.webp"] = try webp("lossy.webp") { $0.append(("VP8L", secret)) }
    files["loop.webp"] = try webp("animated.webp") { chunks in
      for index in chunks.indices where chunks[index].name == "ANIM" { chunks[index].data += secret }
    }
    for inside in [true, false] {
      files["frame-\(inside).webp"] = try webp("animated.webp") { chunks in
        for index in chunks.indices where chunks[index].name == "ANMF" {
          let rider = inside ? RIFFPieces.chunk("XTRA", secret) : secret
          // Before the picture, and behind it.
          if inside { chunks[index].data.insert(contentsOf: rider, at: 16) }
          chunks[index].data += rider
        }
      }
    }
    return files
  }

  @Test func noneLeavesNothingThatRidesAlong() throws {
    let scratch = try Scratch()
    let files = try Self.files()
    for (name, file) in files {
      #expect(file.contains(Self.secret), "\(name)")
      let read = try Container.read(file)
      #expect(read.hasUnread, "\(name)")
      // `keep` rewrites it too: a file with hidden bytes is not as it should be.
      for level in [MetadataPolicy.Level.none, .keep] {
        let blocks = try MetadataBlocks.planned(
          for: MetadataPolicy(level: level), provenance: Samples.provenance, original: read, outputSize: Samples.size,
          format: Samples.format(of: name), pixelsChanged: false)
        let written = try Container.rewrite(file, with: blocks)
        #expect(!written.contains(Self.secret), "\(name) \(level)")
        let again = try Container.read(written)
        #expect(!again.hasUnread && again.warnings == [], "\(name)")
        try scratch.write(written, name)
      }
    }
    let names = files.keys.sorted()
    for name in Fixtures.plain { try scratch.write(Fixtures.file(name), "plain-\(name)") }
    let digests = try Pixels.digests(names + Fixtures.plain.map { "plain-\($0)" }, in: scratch)
    for name in names {
      let plain = try #require(digests["plain-\(Self.plain(name))"])
      #expect(digests[name]?[1] == plain[1], "\(name)")
    }
    // pngcheck does not know mDCV yet.
    let known = names.filter { $0.hasSuffix("png") && $0 != "twice.png" }
    let check = try Tool.pngcheck.run(["-q"] + known, in: scratch)
    #expect(check.status == 0, "\(check.text)")
  }

  @Test func chunksOfTheStandardsLengthStay() throws {
    let file = try Self.png("rgba.png", "gAMA", [0, 0, 0xB1, 0x8F])
    #expect(try Container.read(file).hasUnread == false)
    #expect(try Container.rewrite(file, with: MetadataBlocks()) == file)
    for name in ["cmyk.jpg", "animated.webp", "alpha-lossy.webp"] {
      #expect(try Container.read(Fixtures.file(name)).hasUnread == false, "\(name)")
    }
  }
}
