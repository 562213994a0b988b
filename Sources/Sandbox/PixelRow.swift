/// One row of RGB pixels while it is painted.
struct PixelRow {
  private(set) var bytes: [UInt8]
  let width: Int

  init(width: Int) {
    self.width = width
    bytes = [UInt8](repeating: 0, count: width * 3)
  }

  mutating func set(_ x: Int, _ tone: Tone) {
    let at = x * 3
    bytes[at] = UInt8(tone.red)
    bytes[at + 1] = UInt8(tone.green)
    bytes[at + 2] = UInt8(tone.blue)
  }

  /// Lays `share` 256ths of a tone over a pixel.
  mutating func blend(_ x: Int, _ tone: Tone, _ share: Int) {
    let at = x * 3
    let red = Int(bytes[at])
    let green = Int(bytes[at + 1])
    let blue = Int(bytes[at + 2])
    bytes[at] = UInt8(red + ((tone.red - red) * share) >> 8)
    bytes[at + 1] = UInt8(green + ((tone.green - green) * share) >> 8)
    bytes[at + 2] = UInt8(blue + ((tone.blue - blue) * share) >> 8)
  }

  /// Every pixel one tone: the filled part is copied until it is long enough.
  mutating func fill(_ tone: Tone) {
    var filled = [UInt8(tone.red), UInt8(tone.green), UInt8(tone.blue)]
    while filled.count < bytes.count { filled += filled }
    filled.removeLast(filled.count - bytes.count)
    bytes = filled
  }
}
