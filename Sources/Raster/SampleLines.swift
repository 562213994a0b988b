import CRaster

/// Memory aligned for any vector instruction, freed when it goes. Safe to hold: only `base` reaches it.
@safe struct AlignedMemory: ~Copyable {
  static let alignment = 64
  /// Valid for as long as the value is.
  @unsafe let base: UnsafeMutableRawPointer

  init(bytes: Int) {
    // One byte at least, so that there is an address; `deinit` frees it.
    unsafe base = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 1), alignment: Self.alignment)
  }

  deinit {
    unsafe base.deallocate()
  }
}

/// One line of floats: its planes, one behind the other.
@unsafe struct SampleLine {
  let base: UnsafeMutablePointer<Float>
  let planeFloats: Int

  func plane(_ index: Int) -> UnsafeMutablePointer<Float> { unsafe base + index * planeFloats }

  /// Where a row of each channel lies.
  fileprivate func planes(_ layout: Layout) -> craster_planes {
    func plane(_ channel: Int) -> UnsafeMutablePointer<Float>? {
      unsafe channel < layout.channels.count ? self.plane(channel) : nil
    }
    return unsafe craster_planes(plane: (plane(0), plane(1), plane(2), plane(3)))
  }
}

/// Lines of planes of floats, used in turn; zeros at first. Safe to hold: only `line` reaches them.
@safe struct SampleLines: ~Copyable {
  private let memory: AlignedMemory
  private let count: Int
  private let before: Int
  /// From one plane of a line to the next.
  let planeFloats: Int
  /// From one line to the next.
  private let lineFloats: Int

  /// - Parameters:
  ///   - floats: of a plane of a line, in whole blocks.
  ///   - before: further floats that lie in front of them.
  ///   - after: further floats that lie behind.
  init(_ count: Int, planes: Int, floats: Int, before: Int = 0, after: Int = 0) {
    self.count = count
    self.before = (before + 15) / 16 * 16
    planeFloats = self.before + (floats + after + 31) / 32 * 32
    lineFloats = planes * planeFloats
    let total = count * lineFloats
    memory = AlignedMemory(bytes: total * MemoryLayout<Float>.size)
    // The memory is this value's own, holds `total` floats and nothing else.
    unsafe memory.base.bindMemory(to: Float.self, capacity: total).initialize(repeating: 0, count: total)
  }

  @unsafe func line(_ index: Int) -> SampleLine {
    let floats = unsafe memory.base.assumingMemoryBound(to: Float.self)
    return unsafe SampleLine(base: floats + index % count * lineFloats + before, planeFloats: planeFloats)
  }
}

/// From a picture's pixels to lines of floats in the samples' own units, colours premultiplied by alpha.
@unsafe struct LineReading {
  let layout: Layout
  /// Pixels of a row.
  let width: Int
  /// The first byte of a picture of this layout and width.
  let pixels: UnsafePointer<UInt8>
  /// Whether the lines hold amounts of light.
  var isLinear = false

  /// - Parameter line: with a plane for each channel, and room for a row.
  func read(row: Int, to line: SampleLine) {
    let channels = unsafe Int32(layout.channels.count)
    let source = unsafe UnsafeRawPointer(pixels + row * width * layout.bytesPerPixel)
    var planes = unsafe line.planes(layout)
    // Rows of sixteen-bit pictures begin at even bytes of an allocation that is aligned for any type.
    switch unsafe layout.depth {
    case .eight:
      unsafe craster_read_8(source.assumingMemoryBound(to: UInt8.self), channels, &planes, width, isLinear)
    case .sixteen:
      unsafe craster_read_16(source.assumingMemoryBound(to: UInt16.self), channels, &planes, width, isLinear)
    }
    if unsafe isLinear { unsafe toLight(line) }
  }

  /// From samples to light; that is what is multiplied by alpha.
  private func toLight(_ line: SampleLine) {
    let (layout, columns) = unsafe (layout, 0..<width)
    let share = 1 / layout.depth.most
    for color in 0..<layout.channels.colors {
      let plane = unsafe line.plane(color)
      switch layout.depth {
      case .eight: unsafe TransferCurve.toLight(plane, columns, UInt8.self)
      case .sixteen: unsafe TransferCurve.toLight(plane, columns, UInt16.self)
      }
      guard layout.hasAlpha else { continue }
      let alpha = unsafe line.plane(layout.channels.colors)
      for x in columns { unsafe plane[x] *= alpha[x] * share }
    }
  }
}

/// From lines of floats to a picture's pixels: divided by alpha, rounded, and cut to what a sample holds. The lines are
/// used up.
@unsafe struct LineWriting {
  let layout: Layout
  /// Pixels of a row.
  let width: Int
  /// The first byte of a picture of this layout and width.
  let pixels: UnsafeMutablePointer<UInt8>
  /// Whether the lines hold amounts of light.
  var isLinear = false

  /// - Parameter line: with a plane for each channel of a whole row.
  func write(_ line: SampleLine, row: Int) {
    let channels = unsafe Int32(layout.channels.count)
    let target = unsafe UnsafeMutableRawPointer(pixels + row * width * layout.bytesPerPixel)
    var planes = unsafe line.planes(layout)
    if unsafe isLinear { unsafe toSamples(line) }
    // As for reading.
    switch unsafe layout.depth {
    case .eight:
      unsafe craster_write_8(target.assumingMemoryBound(to: UInt8.self), channels, &planes, width, isLinear)
    case .sixteen:
      unsafe craster_write_16(target.assumingMemoryBound(to: UInt16.self), channels, &planes, width, isLinear)
    }
  }

  /// From light, divided by alpha, to samples.
  private func toSamples(_ line: SampleLine) {
    let (layout, columns) = unsafe (layout, 0..<width)
    let most = layout.depth.most
    for color in 0..<layout.channels.colors {
      let plane = unsafe line.plane(color)
      if layout.hasAlpha {
        let alpha = unsafe line.plane(layout.channels.colors)
        // What is transparent once rounded has no colour.
        for x in columns { unsafe plane[x] = alpha[x] < 0.5 ? 0 : plane[x] * (most / alpha[x]) }
      }
      unsafe TransferCurve.toSamples(plane, columns, most: most)
    }
  }
}

extension Layout.Depth {
  /// The largest sample.
  fileprivate var most: Float { self == .eight ? 255 : 65535 }
}

extension Layout.Channels {
  /// Those that are multiplied by alpha.
  fileprivate var colors: Int { hasAlpha ? count - 1 : count }
}
