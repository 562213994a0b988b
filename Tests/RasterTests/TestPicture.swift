import Raster

/// SplitMix64: the same noise on every machine.
struct Noise: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Image {
  /// A picture of the given samples, pixel by pixel, row by row.
  init(width: Int, height: Int, _ layout: Layout, samples: [Int]) {
    let bytes =
      layout.depth == .eight
      ? samples.map { UInt8($0) }
      : samples.flatMap { sample in withUnsafeBytes(of: UInt16(sample)) { Array($0) } }
    self.init(size: Size(width: width, height: height), layout: layout, pixels: bytes)
  }

  /// All samples in their order.
  var samples: [Int] {
    withPixels { pixels in
      pixels.withUnsafeBufferPointer { buffer in
        layout.depth == .eight
          ? buffer.map { Int($0) }
          : UnsafeRawBufferPointer(buffer).bindMemory(to: UInt16.self).map { Int($0) }
      }
    }
  }

  /// Noise with hard edges: the picture that shows every mistake of a filter.
  static func noise(width: Int, height: Int, _ layout: Layout, seed: UInt64 = 1) -> Image {
    var noise = Noise(seed: seed)
    let most = layout.depth == .eight ? 255 : 65535
    let count = width * height * layout.channels.count
    let samples = (0..<count).map { _ in
      switch Int.random(in: 0..<4, using: &noise) {
      case 0: 0
      case 1: most
      default: Int.random(in: 0...most, using: &noise)
      }
    }
    return Image(width: width, height: height, layout, samples: samples)
  }
}
