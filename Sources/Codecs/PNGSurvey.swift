import Raster

/// What a picture needs to be stored to the bit.
struct PNGSurvey {
  /// Some sample of sixteen bits is not one of eight, spread: its bytes differ.
  let isDeep: Bool
  let isOpaque: Bool
  /// Red, green and blue are the same everywhere.
  let isGray: Bool
  /// The fewest bits that hold every gray: 1, 2, 4 or 8; 16 for a deep picture, 8 for one of colours.
  let grayDepth: Int
  /// The samples of the one colour that is transparent, where all else is opaque and of other colours.
  let key: [UInt16]?
  /// `nil` when there are too many, or they are deep.
  let colors: PNGColors?

  /// - Parameter keepsDepth: sixteen bits are deep whatever they hold.
  init(_ image: borrowing Image, keepsDepth: Bool) {
    let layout = image.layout
    self = image.withPixels { Self($0, layout, keepsDepth: keepsDepth) }
  }

  private init(_ pixels: Span<UInt8>, _ layout: Layout, keepsDepth: Bool) {
    isDeep = layout.depth == .sixteen && (keepsDepth || Self.isDeep(pixels))
    let transparency = layout.hasAlpha ? Self.transparency(pixels, layout) : .none
    switch transparency {
    case .none: (isOpaque, key) = (true, nil)
    case .key(let samples): (isOpaque, key) = (false, samples)
    case .alpha: (isOpaque, key) = (false, nil)
    }
    isGray = layout.channels.count < 3 || Self.isGray(pixels, layout)
    grayDepth = isDeep ? 16 : isGray ? Self.grayDepth(pixels, layout) : 8
    colors = isDeep ? nil : PNGColors(of: pixels, layout)
  }

  private static func isDeep(_ pixels: Span<UInt8>) -> Bool {
    for offset in stride(from: 0, to: pixels.count, by: 2) where pixels[offset] != pixels[offset + 1] { return true }
    return false
  }

  private enum Transparency {
    case none
    case key([UInt16])
    case alpha
  }

  private static func transparency(_ pixels: Span<UInt8>, _ layout: Layout) -> Transparency {
    let (stride, depth) = (layout.bytesPerPixel, layout.depth.bytes)
    let colorBytes = stride - depth
    var keyOffset: Int?
    for offset in Swift.stride(from: 0, to: pixels.count, by: stride) {
      let (alpha, other) = (pixels[offset + colorBytes], pixels[offset + stride - 1])
      if alpha == 255, other == 255 { continue }
      guard alpha == 0, other == 0 else { return .alpha }
      guard let known = keyOffset else {
        keyOffset = offset
        continue
      }
      if !areSame(pixels, offset, known, count: colorBytes) { return .alpha }
    }
    guard let keyOffset else { return .none }
    for offset in Swift.stride(from: 0, to: pixels.count, by: stride)
    where pixels[offset + colorBytes] != 0 && areSame(pixels, offset, keyOffset, count: colorBytes) {
      return .alpha
    }
    let samples = Swift.stride(from: keyOffset, to: keyOffset + colorBytes, by: depth).map { offset in
      depth == 1 ? UInt16(pixels[offset]) : wide(pixels[offset], pixels[offset + 1])
    }
    return .key(samples)
  }

  /// A sample of sixteen bits in the machine's byte order.
  private static func wide(_ first: UInt8, _ second: UInt8) -> UInt16 {
    UInt16(littleEndian: UInt16(first) | UInt16(second) << 8)
  }

  private static func areSame(_ pixels: Span<UInt8>, _ offset: Int, _ other: Int, count: Int) -> Bool {
    for index in 0..<count where pixels[offset + index] != pixels[other + index] { return false }
    return true
  }

  private static func isGray(_ pixels: Span<UInt8>, _ layout: Layout) -> Bool {
    let (stride, depth) = (layout.bytesPerPixel, layout.depth.bytes)
    for offset in Swift.stride(from: 0, to: pixels.count, by: stride) {
      for byte in 0..<depth {
        let red = pixels[offset + byte]
        if pixels[offset + depth + byte] != red || pixels[offset + 2 * depth + byte] != red { return false }
      }
    }
    return true
  }

  /// One bit holds 0 and 255, two bits the multiples of 85, four the multiples of 17: so decoders spread them.
  private static func grayDepth(_ pixels: Span<UInt8>, _ layout: Layout) -> Int {
    var depth = 1
    for offset in stride(from: 0, to: pixels.count, by: layout.bytesPerPixel) {
      let value = pixels[offset]
      if value == 0 || value == 255 { continue }
      guard value % 17 == 0 else { return 8 }
      depth = max(depth, value % 85 == 0 ? 2 : 4)
    }
    return depth
  }
}
