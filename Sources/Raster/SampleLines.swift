import CZimg

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

/// Some lines of a picture as zimg works on them: a plane for each channel, samples as floats in the picture's own
/// units, colours premultiplied by alpha. The lines of a plane are used in turn when there are fewer than the picture
/// has. Safe to hold: only `view` reaches them.
@safe struct SampleLines: ~Copyable {
  /// Where the lines lie, for as long as they live.
  @unsafe struct View {
    let base: UnsafeMutablePointer<Float>
    let layout: Layout
    let width: Int
    /// Floats from one line of a plane to the next.
    let lineFloats: Int
    /// Lines of a plane.
    let lines: Int
    /// A line's place among them is its row's lowest bits: zimg's rule.
    let mask: UInt32

    func line(_ row: Int, channel: Int) -> UnsafeMutablePointer<Float> {
      let place = unsafe Int(UInt32(row) & mask)
      return unsafe base + (channel * lines + place) * lineFloats
    }
  }

  private let memory: AlignedMemory
  @unsafe let view: View

  /// - Parameter lines: how many zimg needs at a time, at least.
  init(layout: Layout, size: Size, lines: UInt32) {
    let mask = zimg_select_buffer_mask(lines)
    let count = mask == UInt32.max ? size.height : Int(mask) + 1
    let floatsPerUnit = AlignedMemory.alignment / MemoryLayout<Float>.size
    let lineFloats = (size.width + floatsPerUnit - 1) / floatsPerUnit * floatsPerUnit
    let floats = layout.channels.count * count * lineFloats
    memory = AlignedMemory(bytes: floats * MemoryLayout<Float>.size)
    // The memory is this value's own, holds `floats` floats and nothing else.
    let base = unsafe memory.base.bindMemory(to: Float.self, capacity: floats)
    unsafe base.initialize(repeating: 0, count: floats)
    unsafe view = View(base: base, layout: layout, width: size.width, lineFloats: lineFloats, lines: count, mask: mask)
  }

  /// Tells zimg where the lines lie that it reads.
  func describe(_ buffer: inout zimg_image_buffer_const) {
    unsafe eachPlane { unsafe czimg_set_const_plane(&buffer, $0, $1, $2, $3) }
  }

  /// Tells zimg where the lines lie that it writes.
  func describe(_ buffer: inout zimg_image_buffer) {
    unsafe eachPlane { unsafe czimg_set_plane(&buffer, $0, $1, $2, $3) }
  }

  /// Alpha is zimg's fourth plane, after grey too (zimg.h).
  private func eachPlane(_ body: (UInt32, UnsafeMutableRawPointer, Int, UInt32) -> Void) {
    let stride = unsafe view.lineFloats * MemoryLayout<Float>.size
    let channels = unsafe view.layout.channels
    for channel in 0..<channels.count {
      let isAlpha = channels.hasAlpha && channel == channels.count - 1
      let plane = unsafe UnsafeMutableRawPointer(view.base) + channel * view.lines * stride
      unsafe body(isAlpha ? 3 : UInt32(channel), plane, stride, view.mask)
    }
  }
}

/// From a picture's pixels to lines of floats.
@unsafe struct LineReading {
  let lines: SampleLines.View
  /// The first byte of a picture of the lines' layout and width.
  let pixels: UnsafePointer<UInt8>

  func read(row: Int, columns: Range<Int>) {
    let columns = unsafe columns.clamped(to: 0..<lines.width)
    switch unsafe lines.layout.depth {
    case .eight: unsafe read(row: row, columns: columns, as: UInt8.self)
    case .sixteen: unsafe read(row: row, columns: columns, as: UInt16.self)
    }
  }

  @inline(__always)
  private func read<S: Sample>(row: Int, columns: Range<Int>, as _: S.Type) {
    let channels = unsafe lines.layout.channels
    let (count, colors) = (channels.count, channels.isGray ? 1 : 3)
    let rowBytes = unsafe lines.width * lines.layout.bytesPerPixel
    // Rows of sixteen-bit pictures begin at even bytes of an allocation that is aligned for any type.
    let source = unsafe UnsafeRawPointer(pixels + row * rowBytes).assumingMemoryBound(to: S.self)
    if channels.hasAlpha {
      let alpha = unsafe lines.line(row, channel: colors)
      let share = 1 / Float(S.max)
      for x in columns { unsafe alpha[x] = Float(source[x * count + colors]) }
      for color in 0..<colors {
        let line = unsafe lines.line(row, channel: color)
        for x in columns { unsafe line[x] = Float(source[x * count + color]) * (alpha[x] * share) }
      }
    } else {
      for color in 0..<colors {
        let line = unsafe lines.line(row, channel: color)
        for x in columns { unsafe line[x] = Float(source[x * count + color]) }
      }
    }
  }
}

/// From lines of floats to a picture's pixels: divided by alpha, rounded, and cut to what a sample holds.
@unsafe struct LineWriting {
  let lines: SampleLines.View
  /// The first byte of a picture of the lines' layout and width.
  let pixels: UnsafeMutablePointer<UInt8>

  func write(row: Int, columns: Range<Int>) {
    let columns = unsafe columns.clamped(to: 0..<lines.width)
    switch unsafe lines.layout.depth {
    case .eight: unsafe write(row: row, columns: columns, as: UInt8.self)
    case .sixteen: unsafe write(row: row, columns: columns, as: UInt16.self)
    }
  }

  @inline(__always)
  private func write<S: Sample>(row: Int, columns: Range<Int>, as _: S.Type) {
    let channels = unsafe lines.layout.channels
    let (count, colors) = (channels.count, channels.isGray ? 1 : 3)
    let rowBytes = unsafe lines.width * lines.layout.bytesPerPixel
    let target = unsafe UnsafeMutableRawPointer(pixels + row * rowBytes).assumingMemoryBound(to: S.self)
    let most = Float(S.max)
    for color in 0..<colors {
      let line = unsafe lines.line(row, channel: color)
      if channels.hasAlpha {
        let alpha = unsafe lines.line(row, channel: colors)
        for x in columns {
          // What is transparent once rounded has no colour.
          let value = unsafe alpha[x] < 0.5 ? 0 : line[x] * (most / alpha[x])
          unsafe target[x * count + color] = Self.sample(value)
        }
      } else {
        for x in columns { unsafe target[x * count + color] = Self.sample(line[x]) }
      }
    }
    if channels.hasAlpha {
      let alpha = unsafe lines.line(row, channel: colors)
      for x in columns { unsafe target[x * count + colors] = Self.sample(alpha[x]) }
    }
  }

  @inline(__always)
  private static func sample<S: Sample>(_ value: Float) -> S {
    S(truncatingIfNeeded: Int32(max(0, min(value, Float(S.max))) + 0.5))
  }
}
