import CDeflate
import CReference
import Codecs
import Raster
import Testing

/// A PNG of any kind, of rows that look random: any bytes are rows, whatever their filter.
struct MadePNG: CustomStringConvertible {
  var width = 5
  var height = 4
  /// Of IHDR: 0, 2, 3, 4 or 6.
  var color: UInt8 = 2
  var depth = 8
  var isInterlaced = false
  /// Of all rows; `nil` for each row another.
  var filter: UInt8?
  var colors = 0
  /// The data of `tRNS`; none without.
  var transparency: [UInt8] = []

  var description: String {
    "\(width)x\(height) type \(color) of \(depth)\(isInterlaced ? " interlaced" : "") filter \(filter ?? 9) tRNS \(transparency)"
  }

  /// Each colour type with each of its depths.
  static let kinds: [(color: UInt8, depth: Int)] =
    [1, 2, 4, 8, 16].map { (0, $0) } + [8, 16].map { (2, $0) } + [1, 2, 4, 8].map { (3, $0) }
    + [8, 16].flatMap { [(4, $0), (6, $0)] }

  var header: [UInt8] {
    UInt32(width).fourBytes + UInt32(height).fourBytes
      + [UInt8(depth), color, 0, 0, isInterlaced ? 1 : 0]
  }

  /// The rows as they are compressed.
  var rows: [UInt8] {
    let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][color] ?? 1
    let passes =
      isInterlaced
      ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
      : [(0, 0, 1, 1)]
    var bytes: [UInt8] = []
    for (left, top, across, down) in passes where left < width && top < height {
      let rowBytes = ((width - left + across - 1) / across * channels * depth + 7) / 8
      for y in stride(from: top, to: height, by: down) {
        bytes.append(filter ?? UInt8((y / down + left) % 5))
        // A few values only, so that a key or an index is met.
        bytes += (0..<rowBytes).map { _ in
          let value = random(bytes.count &* 31 &+ width)
          return value % 3 == 0 ? 0 : UInt8(truncatingIfNeeded: value >> 8) & (value % 3 == 1 ? 0xFF : 0x11)
        }
        // The loop above sees the same count for all of a row: mix in the place.
        for index in bytes.count - rowBytes..<bytes.count where index % 2 == 0 {
          bytes[index] &+= UInt8(truncatingIfNeeded: random(index &+ width &* 977) >> 16) & 0x13
        }
      }
    }
    return bytes
  }

  var palette: [UInt8] { (0..<colors * 3).map { UInt8(truncatingIfNeeded: random($0 + 5)) } }

  var beforePixels: [UInt8] {
    signature + chunk("IHDR", header) + (colors > 0 ? chunk("PLTE", palette) : [])
      + (transparency.isEmpty ? [] : chunk("tRNS", transparency))
  }

  var file: [UInt8] { file(zlib(rows)) }

  /// With another stream than its rows'.
  func file(_ stream: [UInt8]) -> [UInt8] { beforePixels + chunk("IDAT", stream) + chunk("IEND", []) }
}

let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
  let body = Array(type.utf8) + data
  return UInt32(data.count).fourBytes + body
    + body.withUnsafeBufferPointer {
      libdeflate_crc32(0, $0.baseAddress, $0.count).fourBytes
    }
}

/// A stream of zlib's.
func zlib(_ bytes: [UInt8], level: Int32 = 1) -> [UInt8] {
  guard let compressor = libdeflate_alloc_compressor(level) else { return [] }
  defer { libdeflate_free_compressor(compressor) }
  let most = libdeflate_zlib_compress_bound(compressor, bytes.count)
  return [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
    count = libdeflate_zlib_compress(compressor, bytes, bytes.count, buffer.baseAddress, most)
  }
}

extension UInt32 {
  var fourBytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) } }
}

extension Decoding {
  /// What libpng makes of a PNG.
  static func byLibpng(_ bytes: [UInt8], limits: Limits = smallLimits) -> Decoding {
    let picture = reference_png(bytes, bytes.count, limits.pixels)
    guard let pixels = picture.pixels else {
      if picture.truncated { return .error(.truncated(.png)) }
      let message = withUnsafeBytes(of: picture.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      let size = (Int(picture.width), Int(picture.height))
      guard message != "too many pixels" else {
        return .error(.tooManyPixels(found: Size(width: size.0, height: size.1), limit: limits.pixels))
      }
      return .error(.malformed(.png, reason: message))
    }
    defer { pixels.deallocate() }
    let channels = Layout.Channels.allCases[Int(picture.channels) - 1]
    return .picture(
      Size(width: Int(picture.width), height: Int(picture.height)),
      Layout(channels, picture.depth == 16 ? .sixteen : .eight),
      Array(UnsafeBufferPointer(start: pixels, count: picture.count)))
  }
}
