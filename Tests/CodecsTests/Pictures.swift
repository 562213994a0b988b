import Codecs
import Raster
import Testing

extension Image {
  var samples: [UInt8] { withPixels { span in span.withUnsafeBufferPointer { Array($0) } } }
}

/// Where two runs of bytes part; `nil` when they are the same. Says more than two printed arrays.
func firstDifference(_ found: [UInt8], _ expected: [UInt8]) -> String? {
  if found == expected { return nil }
  if found.count != expected.count { return "\(found.count) bytes instead of \(expected.count)" }
  guard let index = found.indices.first(where: { found[$0] != expected[$0] }) else { return nil }
  let count = found.indices.filter { found[$0] != expected[$0] }.count
  return "byte \(index) is \(found[index]) instead of \(expected[index]), \(count) of \(found.count) differ"
}

/// Enough for every fixture, too little for what a flipped bit may promise.
let smallLimits = Limits(pixels: 200_000, bytes: 64 << 20)

/// What became of decoding.
enum Decoding: Equatable {
  case picture(Size, Layout, [UInt8])
  case error(CodecError)

  init(_ bytes: [UInt8], limits: Limits = smallLimits) {
    do throws(CodecError) {
      let image = try Codec.decode(bytes.span, limits: limits)
      self = .picture(image.size, image.layout, image.samples)
    } catch {
      self = .error(error)
    }
  }
}

/// A smooth picture with noise, the same each time.
func picture(_ width: Int, _ height: Int, _ layout: Layout) -> Image {
  var state: UInt32 = 12345
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      for byte in 0..<layout.bytesPerPixel {
        state = state &* 1_664_525 &+ 1_013_904_223
        let noise = Int(state >> 28)
        let isAlpha = layout.hasAlpha && byte / layout.depth.bytes == layout.channels.count - 1
        let value = isAlpha ? (x < width / 3 ? 0 : 255 - y * 200 / height) : (x * 200 / width + y * (byte + 1) % 40)
        pixels.append(UInt8(min(255, value + (isAlpha ? 0 : noise))))
      }
    }
  }
  return Image(size: Size(width: width, height: height), layout: layout, pixels: pixels)
}

extension Image {
  /// A binary PGM or PPM of the colours, for the tools.
  var netpbm: [UInt8] {
    let kind = layout.channels.count < 3 ? "P5" : "P6"
    return [UInt8]("\(kind)\n\(size.width) \(size.height)\n255\n".utf8) + samples
  }
}
