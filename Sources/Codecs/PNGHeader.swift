import CCodecs
import Raster

/// What the chunks before the pixels say of them: `IHDR`, `PLTE` and `tRNS`.
struct PNGHeader {
  private(set) var size = Size(width: 1, height: 1)
  private(set) var color = codecs_png_color.gray
  /// Bits of a sample or of an index.
  private(set) var depth = 0
  private(set) var isInterlaced = false
  /// 256 colours, red, green, blue and alpha of each; empty for what has no palette. Indices that `PLTE` lacks are
  /// opaque black, as in libpng.
  private(set) var palette: [UInt8] = []
  private(set) var hasTransparency = false
  /// Of gray and RGB, the samples that are transparent.
  private(set) var key: [UInt16] = []
  /// `acTL` tells of more than one frame.
  private(set) var isAnimated = false
  /// The first chunk of pixels.
  private(set) var pixels: PNGChunk

  private var isKnown = false
  private var paletteCount: Int?
  private var hasFrameCount = false

  /// Reads up to the first `IDAT`. Damage that concerns no pixel is let pass, as libpng lets it: in `PLTE` where there
  /// are no indices, in chunks that are skipped.
  init(_ bytes: Span<UInt8>) throws(CodecError) {
    pixels = try PNGChunk(at: 8, of: bytes)
    while pixels.kind != .pixels {
      let chunk = pixels
      switch chunk.kind {
      case .header: try readHeader(chunk, bytes)
      case .palette: try readPalette(chunk, bytes)
      case .transparency: try readTransparency(chunk, bytes)
      case .animation: try readFrameCount(chunk, bytes)
      case .end: throw chunk.malformed("out of place")
      case .pixels, nil:
        try requireHeader(before: chunk)
        try chunk.requireWhole(in: bytes)
        if chunk.isCritical {
          try chunk.requireSound(in: bytes)
          throw chunk.malformed("unhandled critical chunk")
        }
      }
      pixels = try PNGChunk(at: chunk.end, of: bytes)
    }
    if !isKnown { throw pixels.malformed("Missing IHDR before IDAT") }
    if color == .palette, paletteCount == nil { throw pixels.malformed("Missing PLTE before IDAT") }
  }

  /// It comes first (5.6). libpng insists on it for the chunks that it knows; here it is so for all.
  private func requireHeader(before chunk: PNGChunk) throws(CodecError) {
    if !isKnown { throw chunk.malformed("missing IHDR") }
  }

  /// 11.2.1.
  private mutating func readHeader(_ chunk: PNGChunk, _ bytes: Span<UInt8>) throws(CodecError) {
    if isKnown { throw chunk.malformed("out of place") }
    if chunk.data.count != 13 { throw chunk.malformed("invalid") }
    try chunk.requireSound(in: bytes)
    let start = chunk.data.lowerBound
    let (width, height) = (bytes.bigEndian32(at: start), bytes.bigEndian32(at: start + 4))
    guard max(width, height) <= PNG.longestSide else {
      throw .malformed(.png, reason: "PNG unsigned integer out of range")
    }
    depth = Int(bytes[start + 8])
    guard let color = Self.color(bytes[start + 9]), Self.depths(of: color).contains(depth), width > 0, height > 0,
      bytes[start + 10] == 0, bytes[start + 11] == 0, bytes[start + 12] <= 1
    else { throw .malformed(.png, reason: "Invalid IHDR data") }
    size = Size(width: Int(width), height: Int(height))
    self.color = color
    isInterlaced = bytes[start + 12] == 1
    isKnown = true
  }

  /// An enum of C's takes any number.
  private static func color(_ byte: UInt8) -> codecs_png_color? {
    let known: [codecs_png_color] = [.gray, .rgb, .palette, .gray_alpha, .rgba]
    return known.first { $0.rawValue == UInt32(byte) }
  }

  private static func depths(of color: codecs_png_color) -> [Int] {
    switch color {
    case .gray: [1, 2, 4, 8, 16]
    case .palette: [1, 2, 4, 8]
    case .rgb, .gray_alpha, .rgba: [8, 16]
    }
  }

  /// 11.2.2. Colours beyond those that an index can name are ignored.
  private mutating func readPalette(_ chunk: PNGChunk, _ bytes: Span<UInt8>) throws(CodecError) {
    try requireHeader(before: chunk)
    if paletteCount != nil { throw chunk.malformed("duplicate") }
    try chunk.requireSound(in: bytes)
    paletteCount = 0
    let isColor = color != .gray && color != .gray_alpha
    guard isColor else { return }
    if hasTransparency { throw chunk.malformed("tRNS must be after") }
    let count = chunk.data.count / 3
    let isValid = count <= 256 && chunk.data.count % 3 == 0
    if isValid, count == 0 { throw .malformed(.png, reason: "Invalid palette") }
    guard color == .palette else { return }
    if !isValid { throw chunk.malformed("invalid") }
    paletteCount = min(count, 1 << depth)
    palette = [UInt8](repeating: 0, count: 1024)
    for index in 0..<256 {
      for channel in 0..<3 where index < min(count, 1 << depth) {
        palette[index * 4 + channel] = bytes[chunk.data.lowerBound + index * 3 + channel]
      }
      palette[index * 4 + 3] = 255
    }
  }

  /// 11.3.1.1. Without it the picture would silently turn opaque: what is damaged here is refused.
  private mutating func readTransparency(_ chunk: PNGChunk, _ bytes: Span<UInt8>) throws(CodecError) {
    try requireHeader(before: chunk)
    try chunk.requireSound(in: bytes)
    if hasTransparency { throw chunk.malformed("duplicate") }
    let (start, count) = (chunk.data.lowerBound, chunk.data.count)
    switch color {
    case .gray, .rgb:
      guard count == (color == .gray ? 2 : 6) else { throw chunk.malformed("invalid") }
      // Of the sixteen bits, as many count as a sample has.
      key = stride(from: start, to: start + count, by: 2).map { bytes.bigEndian16(at: $0) & (0xFFFF >> (16 - depth)) }
    case .palette:
      guard let paletteCount else { throw chunk.malformed("out of place") }
      guard (1...paletteCount).contains(count) else { throw chunk.malformed("invalid") }
      for index in 0..<count { palette[index * 4 + 3] = bytes[start + index] }
    case .gray_alpha, .rgba:
      throw chunk.malformed("invalid with alpha channel")
    }
    hasTransparency = true
  }

  /// 11.3.6.1. No pixel depends on it: damage is let pass, and of two the first counts.
  private mutating func readFrameCount(_ chunk: PNGChunk, _ bytes: Span<UInt8>) throws(CodecError) {
    try requireHeader(before: chunk)
    try chunk.requireWhole(in: bytes)
    guard !hasFrameCount, chunk.data.count >= 4 else { return }
    hasFrameCount = true
    isAnimated = bytes.bigEndian32(at: chunk.data.lowerBound) > 1
  }
}

extension PNGHeader {
  /// Of the decoded picture.
  var layout: Layout {
    let channels: Layout.Channels =
      switch color {
      case .gray: hasTransparency ? .grayAlpha : .gray
      case .gray_alpha: .grayAlpha
      case .rgb, .palette: hasTransparency ? .rgba : .rgb
      case .rgba: .rgba
      }
    return Layout(channels, depth == 16 ? .sixteen : .eight)
  }

  /// `palette of 4 bits, tRNS, interlaced`.
  var coding: String {
    let name =
      switch color {
      case .gray: "gray"
      case .rgb: "RGB"
      case .palette: "palette"
      case .gray_alpha: "gray with alpha"
      case .rgba: "RGBA"
      }
    var words = ["\(name) of \(depth) \(depth == 1 ? "bit" : "bits")"]
    if hasTransparency { words.append("tRNS") }
    if isInterlaced { words.append("interlaced") }
    return words.joined(separator: ", ")
  }

  /// The parts that are filtered each by itself: the picture, or the passes of Adam7 that have a pixel (8.1).
  var passes: [codecs_png_pass] {
    let steps = isInterlaced ? Self.adam7 : [(0, 0, 1, 1)]
    return steps.compactMap { left, top, across, down in
      guard size.width > left, size.height > top else { return nil }
      return codecs_png_pass(
        width: UInt32((size.width - left + across - 1) / across), height: UInt32((size.height - top + down - 1) / down),
        left: UInt32(left), top: UInt32(top), across: UInt32(across), down: UInt32(down))
    }
  }

  private static let adam7 = [
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
  ]

  /// Runs `body` with what the C side wants to know.
  @unsafe func withStored<R, E: Error>(_ body: (borrowing codecs_png_stored) throws(E) -> R) throws(E) -> R {
    // The palette is the C side's until `body` returns.
    try unsafe palette.withUnsafeBufferPointer { palette throws(E) in
      let key = self.key + [0, 0, 0]
      let stored = unsafe codecs_png_stored(
        color: color, depth: Int32(depth), transparency: hasTransparency, key: (key[0], key[1], key[2]),
        palette: palette.baseAddress)
      return try unsafe body(stored)
    }
  }
}
