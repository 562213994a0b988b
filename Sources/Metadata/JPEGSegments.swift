#if canImport(Glibc)
  import Glibc
#endif

/// A JPEG file cut into its marker segments (ITU-T T.81 Annex B), each with the kind that metadata takes it for.
struct JPEGSegments {
  enum Kind {
    case jfif
    /// APP14: decides whether the pixels are YCbCr, RGB, YCCK or CMYK.
    case adobe
    case exif
    case xmp
    case extendedXMP
    case icc
    case photoshop
    case jumbf
    case comment
    /// Tables, frame and scan headers with the entropy-coded data after them, and the end marker.
    case pixels
    case other
  }

  struct Segment {
    let kind: Kind
    let marker: UInt8
    /// From the first 0xFF to the next segment.
    let whole: Range<Int>
    /// After marker and length; without the entropy-coded data of a scan.
    let payload: Range<Int>

    /// Whether it is a DNL segment, which has two bytes (§B.2.5), with something else in it. Decoders pass over it.
    var isPadded: Bool { marker == 0xDC && payload.count != 2 }
  }

  /// A progressive file has a few hundred at the most.
  static let limit = 65_536

  let segments: [Segment]
  /// After the end marker. What follows is no part of the picture.
  let end: Int

  init(_ bytes: Span<UInt8>) throws(MetadataError) {
    guard bytes.has([0xFF, 0xD8], at: 0) else { throw .notAnImage }
    var segments: [Segment] = []
    var position = 2
    var (hasFrame, hasScan) = (false, false)
    while true {
      let start = position
      guard position < bytes.count else { throw .truncated(.jpeg, structure: "marker", offset: start) }
      guard bytes[position] == 0xFF else {
        throw .malformed(.jpeg, structure: "marker", offset: start, reason: "found other bytes in its place")
      }
      // Any number of fill bytes may stand before a marker (§B.1.1.2).
      while position < bytes.count, bytes[position] == 0xFF { position += 1 }
      guard position < bytes.count else { throw .truncated(.jpeg, structure: "marker", offset: start) }
      let marker = bytes[position]
      position += 1
      if marker == 0xD9 {
        guard hasFrame, hasScan else {
          throw .malformed(.jpeg, structure: "end marker", offset: start, reason: "there is no picture before it")
        }
        segments.append(Segment(kind: .pixels, marker: marker, whole: start..<position, payload: position..<position))
        self.segments = segments
        end = position
        return
      }
      guard marker >= 0xC0, !(0xD0...0xD8).contains(marker) else {
        throw .malformed(
          .jpeg, structure: "marker", offset: start, reason: "0x\(String(marker, radix: 16)) is out of place")
      }
      guard bytes.count - position >= 2 else { throw .truncated(.jpeg, structure: "segment", offset: start) }
      let length = bytes.bigEndian16(at: position)
      guard length >= 2 else {
        throw .malformed(.jpeg, structure: "segment", offset: start, reason: "its length of \(length) is below 2")
      }
      guard bytes.count - position >= length else { throw .truncated(.jpeg, structure: "segment", offset: start) }
      let payload = position + 2..<position + length
      position += length
      switch marker {
      case 0xDA:
        hasScan = true
        position = try Self.endOfScan(bytes, from: position)
      case 0xC0...0xCF where ![0xC4, 0xC8, 0xCC].contains(marker): hasFrame = true
      default: break
      }
      guard segments.count < Self.limit else { throw .tooManyPieces(.jpeg, limit: Self.limit) }
      let kind = Self.kind(of: marker, bytes, payload)
      segments.append(Segment(kind: kind, marker: marker, whole: start..<position, payload: payload))
    }
  }

  /// Where the marker after a scan's entropy-coded data begins. Stuffed bytes and restart markers belong to the data.
  private static func endOfScan(_ bytes: Span<UInt8>, from start: Int) throws(MetadataError) -> Int {
    // memchr is ten times a Swift loop; it reads between `position` and the end only.
    let found: Int? = unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      var position = start
      while position < buffer.count {
        guard let hit = unsafe memchr(base + position, 0xFF, buffer.count - position) else { return nil }
        let marker = unsafe base.distance(to: hit.assumingMemoryBound(to: UInt8.self))
        guard marker + 1 < buffer.count else { return nil }
        switch unsafe buffer[marker + 1] {
        case 0x00, 0xD0...0xD7: position = marker + 2
        // A fill byte: the marker is further on, and the fill belongs to it.
        default: return marker
        }
      }
      return nil
    }
    guard let found else { throw .truncated(.jpeg, structure: "scan", offset: start) }
    return found
  }

  static let exifPrefix: [UInt8] = Array("Exif\0\0".utf8)
  static let xmpPrefix: [UInt8] = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
  static let extendedXMPPrefix: [UInt8] = Array("http://ns.adobe.com/xmp/extension/\0".utf8)
  static let iccPrefix: [UInt8] = Array("ICC_PROFILE\0".utf8)
  static let photoshopPrefix: [UInt8] = Array("Photoshop 3.0\0".utf8)

  private static func kind(of marker: UInt8, _ bytes: Span<UInt8>, _ payload: Range<Int>) -> Kind {
    func begins(_ prefix: [UInt8]) -> Bool {
      payload.count >= prefix.count && bytes.has(prefix, at: payload.lowerBound)
    }
    switch marker {
    case 0xE0: return begins(Array("JFIF\0".utf8)) && payload.count >= 14 ? .jfif : .other
    // Some writers put another byte than NUL sixth.
    case 0xE1 where begins(Array(exifPrefix.prefix(5))) && payload.count >= 6: return .exif
    case 0xE1 where begins(xmpPrefix): return .xmp
    case 0xE1 where begins(extendedXMPPrefix): return .extendedXMP
    case 0xE2 where begins(iccPrefix): return .icc
    case 0xEB where begins(Array("JP".utf8)): return .jumbf
    case 0xED where begins(photoshopPrefix): return .photoshop
    case 0xEE where begins(Array("Adobe".utf8)) && payload.count >= 12: return .adobe
    case 0xE0...0xEF: return .other
    case 0xFE: return .comment
    default: return .pixels
    }
  }
}
