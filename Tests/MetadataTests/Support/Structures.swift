import Metadata
import Raster

/// A metadata structure inside a whole container: whatever its bytes are, the lengths and checksums around it are true.
struct Structure: Sendable {
  let name: String
  let format: ImageFormat
  let bytes: [UInt8]
  /// Whether a beginning of it is a shorter one of its kind, as a comment's is.
  var isTextual = false
  private let around: @Sendable ([UInt8]) -> [UInt8]

  func file(with bytes: [UInt8]) -> [UInt8] { around(bytes) }

  static func all(in format: ImageFormat) throws -> [Structure] {
    let exif = try Exif.build(ExifFields(size: Samples.size, imageDescription: "A canal", software: "System"))
    let xmp = XMP.packet(XMPFields(aiSystem: "System"))
    let icc = try Fixtures.profile()
    return switch format {
    case .jpeg: try jpeg(exif, xmp, icc)
    case .png: try png(exif, xmp, icc)
    case .webp: try webp(exif, xmp, icc)
    }
  }

  private static func jpeg(_ exif: [UInt8], _ xmp: [UInt8], _ icc: [UInt8]) throws -> [Structure] {
    let plain = try Fixtures.file("colour.jpg")
    func segments(
      _ name: String, _ bytes: [UInt8], isTextual: Bool = false, _ marker: UInt8, before: [UInt8] = []
    ) -> Structure {
      // After JFIF's segment of 18 bytes.
      Structure(name: name, format: .jpeg, bytes: bytes, isTextual: isTextual) {
        plain[..<20] + before + Segments.segment(marker, $0) + plain[20...]
      }
    }
    let iptc = [0x1C, 2, 25, 0, 5] + Array("canal".utf8) + [0x1C, 2, 80, 0, 3] + Array("Ada".utf8)
    let resource = Array("8BIM".utf8) + [4, 4, 0, 0, 0, 0, 0, UInt8(iptc.count)] + iptc
    // A main packet, and a short extension in two portions, of which the second is hurt.
    let digest = String(repeating: "0123456789ABCDEF", count: 2)
    let main =
      Array("http://ns.adobe.com/xap/1.0/\0".utf8)
      + packet("xmlns:n='http://ns.adobe.com/xmp/note/' n:HasExtendedXMP='\(digest)'")
    let more = packet("xmlns:d='http://purl.org/dc/elements/1.1/' d:rights='them'")
    func portion(_ range: Range<Int>) -> [UInt8] {
      Array("http://ns.adobe.com/xmp/extension/\0\(digest)".utf8) + PNGPieces.number(UInt32(more.count))
        + PNGPieces.number(UInt32(range.lowerBound)) + more[range]
    }
    let first = Segments.segment(0xE1, main) + Segments.segment(0xE1, portion(0..<100))
    let store = try last(of: Segments.all(try Credentials.jpeg(Credentials.store())).filter { $0.marker == 0xEB })
    return [
      segments("EXIF", Array("Exif\0\0".utf8) + exif, 0xE1),
      segments("XMP", Array("http://ns.adobe.com/xap/1.0/\0".utf8) + xmp, 0xE1),
      segments("extended XMP", portion(100..<more.count), 0xE1, before: first),
      segments("ICC", Array("ICC_PROFILE\0".utf8) + [1, 1] + icc, 0xE2),
      segments("IPTC", Array("Photoshop 3.0\0".utf8) + resource, 0xED),
      segments("C2PA", store, 0xEB),
      segments("comment", Array("from afar".utf8), isTextual: true, 0xFE),
    ]
  }

  private static func packet(_ attributes: String) -> [UInt8] {
    let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    return Array("<r:RDF xmlns:r='\(rdf)'><r:Description r:about='' \(attributes)/></r:RDF>".utf8)
  }

  private static func png(_ exif: [UInt8], _ xmp: [UInt8], _ icc: [UInt8]) throws -> [Structure] {
    let plain = try Fixtures.file("rgba.png")
    func chunk(_ name: String, _ bytes: [UInt8], isTextual: Bool = false) -> Structure {
      Structure(name: name, format: .png, bytes: bytes, isTextual: isTextual) {
        plain[..<33] + PNGPieces.chunk(name, $0) + plain[33...]
      }
    }
    let made = try Container.rewrite(
      plain, with: MetadataBlocks(icc: icc, density: .dotsPerInch(300).expressed(for: .png)))
    func data(_ name: String) -> [UInt8] {
      PNGPieces.chunks(made).first { $0.name == name }.map { Array($0.data) } ?? []
    }
    // RFC 1950 and 1951: one stored block, and the sum of "zlib" (Adler-32).
    let stream: [UInt8] = [0x78, 0x01, 0x01, 4, 0, 0xFB, 0xFF] + Array("zlib".utf8) + [0x04, 0x64, 0x01, 0xB2]
    let digits = exif.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return [
      chunk("eXIf", exif), chunk("iTXt", Array("XML:com.adobe.xmp\0\0\0\0\0".utf8) + xmp, isTextual: true),
      chunk("iCCP", data("iCCP")), chunk("pHYs", data("pHYs")), chunk("caBX", Credentials.store()),
      chunk("zTXt", Array("Title\0\0".utf8) + stream),
      chunk("iTXt", Array("Title\0\u{1}\0en\0T\0".utf8) + stream),
      chunk("tEXt", Array("Title\0A canal".utf8), isTextual: true),
      chunk("tEXt", Array("Raw profile type exif\0\nexif\n \(exif.count)\n\(digits)\n".utf8), isTextual: true),
      chunk("tIME", [0x07, 0xEA, 11, 21, 8, 30, 0]),
    ]
  }

  private static func webp(_ exif: [UInt8], _ xmp: [UInt8], _ icc: [UInt8]) throws -> [Structure] {
    let plain = RIFFPieces.chunks(try Fixtures.file("lossy.webp"))
    func chunk(_ name: String, _ bytes: [UInt8], flags: UInt8) -> Structure {
      Structure(name: name, format: .webp, bytes: bytes) { bytes in
        let head: (name: String, data: [UInt8]) = ("VP8X", [flags, 0, 0, 0, 23, 0, 0, 15, 0, 0])
        if name == "VP8X" { return RIFFPieces.file([("VP8X", bytes)] + plain + [("EXIF", exif)]) }
        if name == "ICCP" { return RIFFPieces.file([head, (name, bytes)] + plain) }
        return RIFFPieces.file([head] + plain + [(name, bytes)])
      }
    }
    return [
      chunk("VP8X", [0x08, 0, 0, 0, 23, 0, 0, 15, 0, 0], flags: 0), chunk("EXIF", exif, flags: 0x08),
      chunk("XMP ", xmp, flags: 0x04), chunk("ICCP", icc, flags: 0x20), chunk("C2PA", Credentials.store(), flags: 0),
    ]
  }
}

private struct NothingThere: Error {}

private func last(of segments: [(marker: UInt8, payload: [UInt8])]) throws -> [UInt8] {
  guard let last = segments.last else { throw NothingThere() }
  return last.payload
}
