import CCodecs
import Raster

/// The distinct colours of a picture, as long as there are at most 256, and the table that finds their indices.
struct PNGColors {
  static let most = 256

  /// Red in the lowest byte, alpha in the highest; 255 where the picture has none. In the order of a palette: what is
  /// not opaque first, since `tRNS` ends with the last of them, then from dark to light, so that neighbours in the
  /// palette look alike and filters have something to find.
  let list: [UInt32]
  /// What `codecs_png_form` wants of them.
  let slotColors: [UInt32]
  let slotIndices: [UInt8]

  /// `nil` when there are more. Of sixteen bits a sample it reads one byte.
  init?(of pixels: Span<UInt8>, _ layout: Layout) {
    var slots = [UInt32](repeating: 0, count: Int(CODECS_PNG_SLOTS))
    var isTaken = [Bool](repeating: false, count: slots.count)
    var colors: [UInt32] = []
    var last: UInt32?
    for offset in stride(from: 0, to: pixels.count, by: layout.bytesPerPixel) {
      let color = Self.color(at: offset, of: pixels, layout)
      if color == last { continue }
      last = color
      var slot = Int(codecs_png_slot(color))
      while isTaken[slot], slots[slot] != color { slot = (slot + 1) % slots.count }
      if isTaken[slot] { continue }
      if colors.count == Self.most { return nil }
      isTaken[slot] = true
      slots[slot] = color
      colors.append(color)
    }
    list = colors.sorted { Self.rank($0) < Self.rank($1) }
    // A free slot says 0, as the slot of transparent black does. That is always the first colour: both lead to it.
    var indices = [UInt8](repeating: 0, count: slots.count)
    for (index, color) in list.enumerated() {
      var slot = Int(codecs_png_slot(color))
      while slots[slot] != color || !isTaken[slot] { slot = (slot + 1) % slots.count }
      indices[slot] = UInt8(index)
    }
    slotColors = slots
    slotIndices = indices
  }

  /// Bits of an index.
  var depth: Int {
    switch list.count {
    case ...2: 1
    case ...4: 2
    case ...16: 4
    default: 8
    }
  }

  /// The data of `PLTE`.
  var palette: [UInt8] {
    list.flatMap { color in [0, 8, 16].map { UInt8(truncatingIfNeeded: color >> $0) } }
  }

  /// The data of `tRNS`: empty when all is opaque.
  var transparency: [UInt8] {
    list.map { UInt8(truncatingIfNeeded: $0 >> 24) }.prefix { $0 < 255 }
  }

  private static func color(at offset: Int, of pixels: Span<UInt8>, _ layout: Layout) -> UInt32 {
    let depth = layout.depth.bytes
    func sample(_ channel: Int) -> UInt32 { UInt32(pixels[offset + channel * depth]) }
    return switch layout.channels {
    case .gray: sample(0) * 0x010101 | 0xFF00_0000
    case .grayAlpha: sample(0) * 0x010101 | sample(1) << 24
    case .rgb: sample(0) | sample(1) << 8 | sample(2) << 16 | 0xFF00_0000
    case .rgba, .cmyk: sample(0) | sample(1) << 8 | sample(2) << 16 | sample(3) << 24
    }
  }

  private static func rank(_ color: UInt32) -> UInt64 {
    let (red, green, blue, alpha) = (color & 255, color >> 8 & 255, color >> 16 & 255, color >> 24)
    let light = red * 299 + green * 587 + blue * 114
    return UInt64(alpha == 255 ? 1 : 0) << 60 | UInt64(light) << 36 | UInt64(color)
  }
}
