import Foundation
import Raster

/// A picture that costs codecs about what a photograph does: smooth regions, edges, texture and grain. The same each
/// time.
enum Photograph {
  static func draw(_ size: Size, _ layout: Layout) -> Image {
    var random: UInt64 = 0x9E37_79B9_7F4A_7C15
    func grain() -> Double {
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      return Double(random >> 40) / Double(1 << 24) - 0.5
    }
    let lattice = (0..<64 * 64).map { _ in grain() + 0.5 }
    // Values of the lattice, blended between its points.
    func noise(_ x: Double, _ y: Double) -> Double {
      let (column, row) = (Int(x), Int(y))
      let (dx, dy) = (x - Double(column), y - Double(row))
      func at(_ c: Int, _ r: Int) -> Double { lattice[(r & 63) * 64 + (c & 63)] }
      let top = at(column, row) * (1 - dx) + at(column + 1, row) * dx
      let bottom = at(column, row + 1) * (1 - dx) + at(column + 1, row + 1) * dx
      return top * (1 - dy) + bottom * dy
    }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size.width * size.height * layout.bytesPerPixel)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let (u, v) = (Double(x) / 128, Double(y) / 128)
        var light = 0.5 * noise(u, v) + 0.3 * noise(u * 4, v * 4) + 0.12 * noise(u * 16, v * 16)
        light += noise(u * 0.7 + 20, v * 0.7) > 0.5 ? 0.15 : 0
        let tint = noise(u * 0.5, v * 0.5 + 30)
        let shade = grain() * 0.08
        for (channel, weight) in [0.8 + tint * 0.4, 1, 1.2 - tint * 0.4].enumerated() {
          let value = (light * weight + shade + Double(channel) * 0.02) * 255
          pixels.append(UInt8(max(0, min(255, value))))
        }
        if layout.hasAlpha { pixels.append(UInt8(max(0, min(255, noise(u, v + 9) * 512 - 64)))) }
      }
    }
    return Image(size: size, layout: layout, pixels: pixels)
  }
}
