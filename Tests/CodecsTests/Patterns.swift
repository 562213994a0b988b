import CCodecs
import Raster
import Testing

/// A picture of a kind that encoders treat in its own way.
struct Pattern: Sendable, CustomTestStringConvertible {
  let name: String
  /// The samples of a pixel, all of sixteen bits; those of eight bits use the high byte.
  let pixel: @Sendable (_ x: Int, _ y: Int) -> [UInt16]

  var testDescription: String { name }

  func draw(_ width: Int, _ height: Int, _ layout: Layout) -> Image {
    var bytes: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let samples = pixel(x, y)
        let isGray = layout.channels.count < 3
        let wanted = (isGray ? [samples[0]] : Array(samples[..<3])) + (layout.hasAlpha ? [samples[3]] : [])
        for sample in wanted {
          switch layout.depth {
          case .eight: bytes.append(UInt8(sample >> 8))
          case .sixteen: withUnsafeBytes(of: sample) { bytes.append(contentsOf: $0) }
          }
        }
      }
    }
    return Image(size: Size(width: width, height: height), layout: layout, pixels: bytes)
  }

  /// Of `count` colours, which look random; the alphas as well where `isOpaque` is false.
  static func colors(_ count: Int, isOpaque: Bool = true) -> Pattern {
    Pattern(name: "\(count) colours\(isOpaque ? "" : " with alpha")") { x, y in
      // Each colour occurs once before they repeat at random.
      let place = y * 64 + x
      let color = UInt64(place < count ? place : Int(random(place) % UInt64(count)))
      let value = random(Int(color) + 1000)
      // Red tells them apart up to 256, green from there on.
      let samples = [color & 255, color >> 8 ^ value & 0xF0, value >> 16 & 255, isOpaque ? 255 : value >> 24 & 255]
      return samples.map { UInt16($0) * 257 }
    }
  }

  /// Grays that are multiples of `step`.
  static func grays(step: Int) -> Pattern {
    Pattern(name: "multiples of \(step)") { x, y in
      let gray = UInt16(random(y * 64 + x) % UInt64(255 / step + 1)) * UInt16(step) * 257
      return [gray, gray, gray, .max]
    }
  }

  static let noise = Pattern(name: "noise") { x, y in
    let value = random(y * 4096 + x)
    return (0..<4).map { UInt16(truncatingIfNeeded: value >> ($0 * 16)) }
  }

  /// Sixteen bits that hold eight.
  static let shallow = Pattern(name: "shallow") { x, y in noise.pixel(x, y).map { $0 >> 8 * 257 } }

  /// As before, but for the last sample of some pixels.
  static let nearlyShallow = Pattern(name: "nearly shallow") { x, y in
    shallow.pixel(x, y)[..<3] + [x == 8 ? 0x1235 : 0x1212]
  }

  static let opaque = Pattern(name: "opaque noise") { x, y in noise.pixel(x, y)[..<3] + [.max] }

  static let flat = Pattern(name: "flat") { _, _ in [0x1234, 0x5678, 0x9ABC, 0xDEF0] }

  static let white = Pattern(name: "white") { _, _ in [.max, .max, .max, .max] }

  static let nothing = Pattern(name: "transparent black") { _, _ in [0, 0, 0, 0] }

  /// Half of it transparent, of one colour that the other half has not.
  static let cutOut = Pattern(name: "cut-out") { x, y in
    x < y ? [0x0A0A, 0x1414, 0x1E1E, 0] : opaque.pixel(x, y).map { $0 | 0x0101 }
  }

  /// As before, but one opaque pixel has the transparent colour.
  static let cutOutWithTwin = Pattern(name: "cut-out with a twin") { x, y in
    x == 3 && y == 0 ? [0x0A0A, 0x1414, 0x1E1E, .max] : cutOut.pixel(x, y)
  }

  /// The transparent pixels hide colours.
  static let hiding = Pattern(name: "hidden colours") { x, y in
    noise.pixel(x, y)[..<3] + [x < y ? 0 : .max]
  }

  /// Smooth, with a little noise: what photographs are to an encoder.
  static let soft = Pattern(name: "soft photograph") { x, y in
    let noise = random(y * 4096 + x)
    return (0..<4).map { channel in
      let light = 9000 + (x * (60 + channel * 7) + y * (90 - channel * 11) + x * y / 3) % 38000
      return UInt16(light) + UInt16(noise >> (UInt64(channel) * 16) & 0x3FF)
    }
  }

  /// Discs of one colour each on a plain ground.
  static let drawing = Pattern(name: "drawing") { x, y in
    for disc in 0..<12 {
      let place = random(disc + 77)
      let (dx, dy) = (x - Int(place & 255), y - Int(place >> 8 & 255))
      guard dx * dx + dy * dy < Int(place >> 16 & 0x7FF) else { continue }
      return (0..<4).map { UInt16(place >> (24 + UInt64($0) * 8) & 255) * 257 }
    }
    return [0xF0F0, 0xF0F0, 0xE6E6, .max]
  }

  /// Opaque and transparent black, red, and a colour that the table of a palette looks for where it looks for 0.
  static let blacks = Pattern(name: "blacks") { x, y in
    let twin = (1..<1 << 24).first { codecs_png_slot(UInt32($0) | 0xFF00_0000) == codecs_png_slot(0) } ?? 0
    let colors: [[Int]] = [
      [twin & 255, twin >> 8 & 255, twin >> 16, 255], [0, 0, 0, 0], [0, 0, 0, 255], [255, 0, 0, 255],
    ]
    return colors[(x + y) % 4].map { UInt16($0) * 257 }
  }

  static let all = [
    .colors(1), .colors(2), .colors(3), .colors(4), .colors(5), .colors(16), .colors(17), .colors(255), .colors(256),
    .colors(257), .colors(2, isOpaque: false), .colors(16, isOpaque: false), .colors(256, isOpaque: false),
    .colors(257, isOpaque: false), .grays(step: 255), .grays(step: 85), .grays(step: 17), .grays(step: 5), noise,
    shallow, nearlyShallow, opaque, flat, white, nothing, cutOut, cutOutWithTwin, hiding, blacks, soft,
    drawing,
  ]
}

/// A number that looks random, always the same for `seed` (SplitMix64).
func random(_ seed: Int) -> UInt64 {
  var value = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15
  value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
  value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
  return value ^ value >> 31
}

extension Image {
  /// The samples as RGBA of sixteen bits, big-endian: what every layout can be compared in.
  var canonical: [UInt8] {
    let (layout, samples) = (layout, samples)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(samples.count / layout.bytesPerPixel * 8)
    for start in stride(from: 0, to: samples.count, by: layout.bytesPerPixel) {
      var pixel = (0..<layout.channels.count).map { channel -> UInt16 in
        let offset = start + channel * layout.depth.bytes
        guard layout.depth == .sixteen else { return UInt16(samples[offset]) * 257 }
        return UInt16(littleEndian: UInt16(samples[offset]) | UInt16(samples[offset + 1]) << 8)
      }
      let alpha = layout.hasAlpha ? pixel.removeLast() : .max
      for sample in (pixel.count == 1 ? [pixel[0], pixel[0], pixel[0]] : pixel) + [alpha] {
        bytes.append(UInt8(sample >> 8))
        bytes.append(UInt8(sample & 255))
      }
    }
    return bytes
  }
}
