import Raster

/// Names for what a file carries and `MetadataBlocks` do not tell of: for people, who may want to know what was left out,
/// or what hides there.
enum UnreadPieces {
  /// A file of a thousand unknown pieces is named by these few.
  private static let limit = 16

  /// - Returns: nothing for a file that is damaged.
  static func names(in bytes: Span<UInt8>) -> [String] {
    var names: [String] = []
    let end: Int
    switch ImageFormat(signatureOf: bytes) {
    case .jpeg?:
      guard let file = try? JPEGSegments(bytes) else { return [] }
      names = pieces(of: file, bytes)
      end = file.end
    case .png?:
      guard let file = try? PNGChunks(bytes) else { return [] }
      let read: Set = ["tEXt", "zTXt", "iTXt", "caBX"]
      let once: Set = ["eXIf", "iCCP", "pHYs", "tIME"]
      names = chunks(
        file.chunks.filter { !$0.belongsToPixels }.map { ($0.name, $0.data.count) }, read: read, once: once)
      end = file.end
    case .webp?:
      guard let file = try? WebPChunks(bytes) else { return [] }
      let read: Set = ["VP8X", "C2PA", "ANIM", "ANMF", "ALPH", "VP8 ", "VP8L"]
      names = chunks(file.chunks.map { ($0.name, $0.data.count) }, read: read, once: ["EXIF", "XMP ", "ICCP"])
      end = file.end
    case nil: return []
    }
    if end < bytes.count {
      let isPicture = ImageFormat(signatureOf: bytes.extracting(end..<bytes.count)) != nil
      names.insert(
        "\(bytes.count - end) bytes behind the picture" + (isPicture ? ", which begin another picture" : ""), at: 0)
    }
    return names.count <= limit ? names : names.prefix(limit) + ["\(names.count - limit) more"]
  }

  private static func chunks(_ chunks: [(name: String, count: Int)], read: Set<String>, once: Set<String>) -> [String] {
    var seen: Set<String> = []
    return chunks.compactMap { chunk in
      if read.contains(chunk.name) { return nil }
      let isSecond = once.contains(chunk.name) && !seen.insert(chunk.name).inserted
      if once.contains(chunk.name), !isSecond { return nil }
      return "\(isSecond ? "a second " : "")chunk \(chunk.name) (\(chunk.count) bytes)"
    }
  }

  private static func pieces(of file: JPEGSegments, _ bytes: Span<UInt8>) -> [String] {
    var names: [String] = []
    var seen: Set<UInt8> = []
    var photoshop: [UInt8] = []
    for segment in file.segments {
      let payload = segment.payload
      switch segment.kind {
      case .other: names.append(name(of: segment.marker, bytes, payload))
      case .jfif where payload.count > 14: names.append("a thumbnail in JFIF (\(payload.count - 14) bytes)")
      case .exif where !seen.insert(0).inserted: names.append("a second EXIF block (\(payload.count) bytes)")
      case .xmp where !seen.insert(1).inserted: names.append("a second XMP packet (\(payload.count) bytes)")
      case .photoshop:
        photoshop.append(bytes, payload.lowerBound + JPEGSegments.photoshopPrefix.count..<payload.upperBound)
      default: break
      }
    }
    return names + resources(photoshop)
  }

  /// `APP2 MPF (90 bytes)`.
  private static func name(of marker: UInt8, _ bytes: Span<UInt8>, _ payload: Range<Int>) -> String {
    let word = payload.prefix(24).prefix { (0x21...0x7E).contains(bytes[$0]) }
    let name = String(decoding: bytes.copy(word.lowerBound..<word.upperBound), as: UTF8.self)
    let meaning =
      switch name {
      case "MPF": ", further pictures"
      case "JFXX": ", a thumbnail"
      default: ""
      }
    return "APP\(Int(marker) - 0xE0)\(name.isEmpty ? "" : " \(name)") (\(payload.count) bytes\(meaning))"
  }

  /// All image resources but IPTC-IIM, whatever their signature: they have one layout.
  private static func resources(_ resources: [UInt8]) -> [String] {
    let bytes = resources.span
    var names: [String] = []
    var position = 0
    while bytes.count - position >= 12 {
      let identifier = bytes.bigEndian16(at: position + 4)
      let size = position + 6 + (Int(bytes[position + 6]) + 2) / 2 * 2
      guard bytes.count - size >= 4 else { break }
      let length = bytes.bigEndian32(at: size)
      guard bytes.count - size - 4 >= length else { break }
      let hexadecimal = String(identifier, radix: 16, uppercase: true)
      let digits = String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
      switch identifier {
      case 0x0404: break
      case 0x0409, 0x040C: names.append("Photoshop's thumbnail (\(length) bytes)")
      default:
        names.append("Photoshop resource 0x\(digits) (\(length) bytes)")
      }
      position = size + 4 + (length + 1) / 2 * 2
    }
    return names
  }
}
