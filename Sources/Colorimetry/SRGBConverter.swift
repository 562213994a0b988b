import Raster

/// Takes pictures of one layout to sRGB. Threads may share it.
///
/// Gray stays gray and depth stays depth; ink becomes RGB of 8 bits; alpha, which is straight, is left alone.
@safe public final class SRGBConverter: Sendable {
  /// Pixels of a band: a few milliseconds of the slowest way, so that threads end together.
  static let band = 1 << 14
  /// Bands of the smallest picture that is worth other threads.
  static let fewestShared = 4

  private enum Way: Sendable {
    /// Every shade, looked up.
    case shades(ShadeTable)
    /// Curves, a matrix, and a curve.
    case shaper(MatrixShaper)
    /// Through every stage, each colour of 8 bits once while it is remembered.
    case remembered(ExactTransform)
    case exact(ExactTransform)
    /// Ink that nothing is known of.
    case plainInk
  }

  private let way: Way
  private let layout: Layout

  /// - Parameter layout: of the pictures, with the channels that the profile was opened for.
  public init(_ source: SourceProfile, layout: Layout) throws(ColorimetryError) {
    precondition(layout.channels.colors == source.channels.colors, "a profile is opened for a picture's channels")
    self.layout = layout
    let bytes = layout.depth.bytes
    func exact(extra: Int, bytes: Int) throws(ColorimetryError) -> ExactTransform {
      try ExactTransform(
        from: source.profile, layout.channels.colors, to: source.target, layout.channels.targetColors, extra: extra,
        bytes: bytes, source.context)
    }
    switch layout.channels {
    case .gray, .grayAlpha: way = .shades(ShadeTable(try exact(extra: 0, bytes: bytes), layout.depth))
    case .cmyk: way = .remembered(try exact(extra: 0, bytes: 1))
    case .rgb, .rgba:
      if let shaper = MatrixShaper(source, layout.depth), shaper.agrees(with: try exact(extra: 0, bytes: bytes)) {
        way = .shaper(shaper)
      } else if layout.depth == .eight {
        way = .remembered(try exact(extra: 0, bytes: 1))
      } else {
        way = .exact(try exact(extra: layout.hasAlpha ? 1 : 0, bytes: 2))
      }
    }
  }

  /// For CMYK without a profile: `r = (255 - c) * (255 - k) / 255`, rounded, and so on, as browsers and djpeg do.
  public init(plainInk: Void) {
    way = .plainInk
    layout = .cmyk8
  }

  /// The layout of what is made.
  public var targetLayout: Layout { layout.channels == .cmyk ? .rgb8 : layout }

  /// The same picture in sRGB, whoever shares the work.
  ///
  /// - Precondition: it has the layout that the converter is for.
  public func converted(_ image: borrowing Image, sharing: Sharing = .alone) -> Image {
    precondition(image.layout == layout, "a converter is for one layout")
    let pixels = image.size.pixelCount ?? 0
    // Every byte is written: where alpha is stepped over, it has been copied. Both pictures outlive the closures.
    return unsafe Image(size: image.size, layout: targetLayout) { target in
      image.withPixels { span in
        unsafe span.withUnsafeBytes { source in
          let target = UnsafeMutableRawBufferPointer(target)
          guard let from = source.baseAddress, let to = target.baseAddress else { return }
          if layout.hasAlpha { unsafe to.copyMemory(from: from, byteCount: source.count) }
          unsafe convert(layout.hasAlpha ? UnsafeRawPointer(to) : from, to: to, count: pixels, sharing)
        }
      }
    }
  }

  /// The same in the picture's own memory.
  ///
  /// - Precondition: it has the layout that the converter is for, which is not ink's.
  public func convert(_ image: inout Image, sharing: Sharing = .alone) {
    precondition(image.layout == layout && layout.channels != .cmyk, "a converter is for one layout")
    let pixels = image.size.pixelCount ?? 0
    image.withMutablePixels { span in
      // Each pixel is read before it is written.
      unsafe span.withUnsafeMutableBytes { buffer in
        if let base = buffer.baseAddress { unsafe convert(UnsafeRawPointer(base), to: base, count: pixels, sharing) }
      }
    }
  }

  @unsafe private func convert(
    _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int, _ sharing: Sharing
  ) {
    // Each band is one thread's, and all have returned when `sharing` has.
    nonisolated(unsafe) let (from, to) = unsafe (source, target)
    let (fromBytes, toBytes) = (layout.bytesPerPixel, targetLayout.bytesPerPixel)
    let bands = (count + Self.band - 1) / Self.band
    let work: Sharing.Work = { [self] next in
      var memory: ColorMemory?
      if case .remembered(let transform) = way { memory = ColorMemory(transform, colors: layout.channels.colors) }
      while let band = next() {
        let start = band * Self.band
        unsafe convertBand(
          from + start * fromBytes, to: to + start * toBytes, count: min(Self.band, count - start), &memory)
      }
    }
    if bands < Self.fewestShared { Sharing.alone(bands, work) } else { sharing(bands, work) }
  }

  /// - Parameter memory: this thread's; there where the way is `remembered`.
  @unsafe private func convertBand(
    _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int, _ memory: inout ColorMemory?
  ) {
    let stride = layout.channels.count
    switch way {
    case .shades(let table): unsafe table.convert(source, to: target, count: count, stride: stride)
    case .shaper(let shaper): unsafe shaper.convert(source, to: target, count: count, stride: stride)
    case .exact(let transform): unsafe transform.convert(source, to: target, count: count)
    case .remembered: unsafe memory?.convert(source, to: target, count: count, stride: stride)
    case .plainInk: unsafe Self.convertPlainInk(source, to: target, count: count)
    }
  }

  @unsafe private static func convertPlainInk(
    _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int
  ) {
    let ink = unsafe source.assumingMemoryBound(to: UInt8.self)
    let light = unsafe target.assumingMemoryBound(to: UInt8.self)
    for pixel in 0..<count {
      let left = unsafe 255 - UInt32(ink[pixel * 4 + 3])
      for channel in 0..<3 {
        // `a * b / 255`, rounded: exact for all bytes.
        let scaled = unsafe (255 - UInt32(ink[pixel * 4 + channel])) * left + 128
        unsafe light[pixel * 3 + channel] = UInt8(truncatingIfNeeded: (scaled + scaled >> 8) >> 8)
      }
    }
  }
}
