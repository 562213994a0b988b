/// Colours of 8 bits and what has become of them: a picture has far fewer colours than pixels, and the way through a
/// profile's tables is long. What is remembered is what the way led to, so that results do not depend on it.
struct ColorMemory {
  private static let bits = 18
  private static let block = 2048

  private let transform: ExactTransform
  private let colors: Int
  /// A colour, a mark that the place is taken, and its red, green and blue.
  private var places = [UInt64](repeating: 0, count: 1 << bits)

  /// - Parameter colors: 3 or 4 samples, which become 3.
  init(_ transform: ExactTransform, colors: Int) {
    self.transform = transform
    self.colors = colors
  }

  /// - Parameter stride: samples from one pixel to the next, of which the first are its colours; on both sides, but
  ///   for ink, which becomes pixels of three samples.
  @unsafe mutating func convert(
    _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int, stride: Int
  ) {
    let (from, to) = unsafe (source.assumingMemoryBound(to: UInt8.self), target.assumingMemoryBound(to: UInt8.self))
    let (colors, targetStride) = (colors, colors == 4 ? 3 : stride)
    var asked = [UInt8](repeating: 0, count: Self.block * colors)
    var answers = [UInt8](repeating: 0, count: Self.block * 3)
    var pixels = [Int](repeating: 0, count: Self.block)
    for start in Swift.stride(from: 0, to: count, by: Self.block) {
      var unknown = 0
      for pixel in start..<min(start + Self.block, count) {
        var key = unsafe UInt32(from[pixel * stride]) | UInt32(from[pixel * stride + 1]) << 8
        unsafe key |= UInt32(from[pixel * stride + 2]) << 16
        if colors == 4 { unsafe key |= UInt32(from[pixel * stride + 3]) << 24 }
        let place = places[Self.place(of: key)]
        if place >> 32 == UInt64(key), place & 1 << 24 != 0 {
          for channel in 0..<3 {
            unsafe to[pixel * targetStride + channel] = UInt8(truncatingIfNeeded: place >> (8 * channel))
          }
        } else {
          for color in 0..<colors { asked[unknown * colors + color] = UInt8(truncatingIfNeeded: key >> (8 * color)) }
          pixels[unknown] = pixel
          unknown += 1
        }
      }
      guard unknown > 0 else { continue }
      // Both hold so many colours; the memory is the transform's for the length of the call.
      unsafe asked.withUnsafeBytes { asked in
        unsafe answers.withUnsafeMutableBytes { answers in
          if let asked = asked.baseAddress, let answers = answers.baseAddress {
            unsafe transform.convert(asked, to: answers, count: unknown)
          }
        }
      }
      for index in 0..<unknown {
        var key: UInt32 = 0
        for color in 0..<colors { key |= UInt32(asked[index * colors + color]) << (8 * color) }
        var value = UInt64(key) << 32 | 1 << 24
        for channel in 0..<3 {
          unsafe to[pixels[index] * targetStride + channel] = answers[index * 3 + channel]
          value |= UInt64(answers[index * 3 + channel]) << (8 * channel)
        }
        places[Self.place(of: key)] = value
      }
    }
  }

  private static func place(of key: UInt32) -> Int { Int((key &* 0x9E37_79B1) >> (32 - UInt32(bits))) }
}
