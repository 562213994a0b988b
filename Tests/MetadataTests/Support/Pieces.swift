import Metadata
import Raster

/// JPEG segments up to the first scan, cut by the tests' own hand.
enum Segments {
  static func all(_ file: [UInt8]) -> [(marker: UInt8, payload: [UInt8])] {
    var segments: [(UInt8, [UInt8])] = []
    var position = 2
    while position + 4 <= file.count, file[position + 1] != 0xDA {
      let length = Int(file[position + 2]) << 8 | Int(file[position + 3])
      segments.append((file[position + 1], Array(file[position + 4..<position + 2 + length])))
      position += 2 + length
    }
    return segments
  }

  static func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let length = payload.count + 2
    return [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + payload
  }
}

enum PNGPieces {
  static func chunks(_ file: [UInt8]) -> [(name: String, data: ArraySlice<UInt8>)] {
    var chunks: [(String, ArraySlice<UInt8>)] = []
    var position = 8
    while position < file.count {
      let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let name = String(decoding: file[position + 4..<position + 8], as: UTF8.self)
      chunks.append((name, file[position + 8..<position + 8 + length]))
      position += 12 + length
    }
    return chunks
  }

  /// PNG §5.5 and annex D, by its table.
  static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in body { crc = table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8 }
    return number(UInt32(data.count)) + body + number(~crc)
  }

  private static let table: [UInt32] = (0..<256).map { start in
    (0..<8).reduce(UInt32(start)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
  }

  static func number(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }
}

enum RIFFPieces {
  static func chunks(_ file: [UInt8]) -> [(name: String, data: [UInt8])] {
    var chunks: [(String, [UInt8])] = []
    var position = 12
    while position < file.count {
      let length = file[position + 4..<position + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      let name = String(decoding: file[position..<position + 4], as: UTF8.self)
      chunks.append((name, Array(file[position + 8..<position + 8 + length])))
      position += 8 + length + length % 2
    }
    return chunks
  }

  static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let length = PNGPieces.number(UInt32(data.count)).reversed()
    return Array(name.utf8) + length + data + [UInt8](repeating: 0, count: data.count % 2)
  }

  static func file(_ chunks: [(name: String, data: [UInt8])]) -> [UInt8] {
    let body = Array("WEBP".utf8) + chunks.flatMap { chunk($0.name, $0.data) }
    return Array("RIFF".utf8) + PNGPieces.number(UInt32(body.count)).reversed() + body
  }
}

/// Manifest stores: the boxes of ISO 19566-5, with nothing to verify in them.
enum Credentials {
  static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
    PNGPieces.number(UInt32(8 + content.count)) + Array(type.utf8) + content
  }

  static func description(_ type: String, _ label: String) -> [UInt8] {
    let end: [UInt8] = [0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71]
    return box("jumd", Array(type.utf8) + end + [3] + Array("\(label)\0".utf8))
  }

  static func store(bytes: Int = 40) -> [UInt8] {
    let manifest = box("jumb", description("c2ma", "urn:uuid:1") + box("free", [UInt8](repeating: 0x41, count: bytes)))
    return box("jumb", description("c2pa", "c2pa") + manifest)
  }

  /// In packets of one box instance, each with the box's head (annex D.2).
  static func jpeg(_ store: [UInt8], order: [Int]? = nil) throws -> [UInt8] {
    let (head, content) = (store.prefix(8), store.dropFirst(8))
    let packets = stride(from: content.startIndex, to: max(content.endIndex, content.startIndex + 1), by: 65_000)
      .enumerated().map { index, start in
        let data = content.isEmpty ? [] : content[start..<min(content.endIndex, start + 65_000)]
        return Segments.segment(
          0xEB, Array("JP".utf8) + [2, 17] + PNGPieces.number(UInt32(index + 1)) + head + data)
      }
    var file = try Fixtures.file("colour.jpg")
    file.insert(contentsOf: (order ?? Array(packets.indices)).flatMap { packets[$0] }, at: 2)
    return file
  }

  static func file(_ store: [UInt8], in format: ImageFormat) throws -> [UInt8] {
    switch format {
    case .jpeg: return try jpeg(store)
    case .png:
      var file = try Fixtures.file("rgba.png")
      file.insert(contentsOf: PNGPieces.chunk("caBX", store), at: 33)
      return file
    case .webp:
      let plain = try Container.rewrite(Fixtures.file("lossy.webp"), with: MetadataBlocks(icc: Fixtures.profile()))
      return RIFFPieces.file(RIFFPieces.chunks(plain) + [("C2PA", store)])
    }
  }
}
