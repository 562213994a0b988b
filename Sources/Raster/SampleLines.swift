import CRaster
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

    /// Where a row of each channel lies.
    func planes(_ row: Int) -> craster_planes {
      func plane(_ channel: Int) -> UnsafeMutablePointer<Float>? {
        unsafe channel < layout.channels.count ? line(row, channel: channel) : nil
      }
      return unsafe craster_planes(plane: (plane(0), plane(1), plane(2), plane(3)))
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
  /// Whether the lines hold amounts of light.
  var isLinear = false

  func read(row: Int, columns: Range<Int>) {
    let columns = unsafe columns.clamped(to: 0..<lines.width)
    let layout = unsafe lines.layout
    let channels = Int32(layout.channels.count)
    let source = unsafe UnsafeRawPointer(pixels + row * lines.width * layout.bytesPerPixel)
    var planes = unsafe lines.planes(row)
    // Rows of sixteen-bit pictures begin at even bytes of an allocation that is aligned for any type. The lines hold
    // all columns of the row.
    switch layout.depth {
    case .eight:
      unsafe craster_read_8(
        source.assumingMemoryBound(to: UInt8.self), channels, &planes, columns.lowerBound, columns.upperBound, isLinear)
    case .sixteen:
      unsafe craster_read_16(
        source.assumingMemoryBound(to: UInt16.self), channels, &planes, columns.lowerBound, columns.upperBound,
        isLinear)
    }
    if unsafe isLinear { unsafe toLight(row: row, columns: columns) }
  }

  /// From samples to light; that is what is multiplied by alpha.
  private func toLight(row: Int, columns: Range<Int>) {
    let layout = unsafe lines.layout
    let share = 1 / layout.depth.most
    for color in 0..<layout.channels.colors {
      let line = unsafe lines.line(row, channel: color)
      switch layout.depth {
      case .eight: unsafe TransferCurve.toLight(line, columns, UInt8.self)
      case .sixteen: unsafe TransferCurve.toLight(line, columns, UInt16.self)
      }
      guard layout.hasAlpha else { continue }
      let alpha = unsafe lines.line(row, channel: layout.channels.colors)
      for x in columns { unsafe line[x] *= alpha[x] * share }
    }
  }
}

/// From lines of floats to a picture's pixels: divided by alpha, rounded, and cut to what a sample holds. The lines are
/// used up.
@unsafe struct LineWriting {
  let lines: SampleLines.View
  /// The first byte of a picture of the lines' layout and width.
  let pixels: UnsafeMutablePointer<UInt8>
  /// Whether the lines hold amounts of light.
  var isLinear = false

  func write(row: Int, columns: Range<Int>) {
    let columns = unsafe columns.clamped(to: 0..<lines.width)
    let layout = unsafe lines.layout
    let channels = Int32(layout.channels.count)
    let target = unsafe UnsafeMutableRawPointer(pixels + row * lines.width * layout.bytesPerPixel)
    var planes = unsafe lines.planes(row)
    if unsafe isLinear { unsafe toSamples(row: row, columns: columns) }
    // As for reading: the picture has all columns of the row.
    switch layout.depth {
    case .eight:
      unsafe craster_write_8(
        target.assumingMemoryBound(to: UInt8.self), channels, &planes, columns.lowerBound, columns.upperBound, isLinear)
    case .sixteen:
      unsafe craster_write_16(
        target.assumingMemoryBound(to: UInt16.self), channels, &planes, columns.lowerBound, columns.upperBound,
        isLinear)
    }
  }

  /// From light, divided by alpha, to samples.
  private func toSamples(row: Int, columns: Range<Int>) {
    let layout = unsafe lines.layout
    let most = layout.depth.most
    for color in 0..<layout.channels.colors {
      let line = unsafe lines.line(row, channel: color)
      if layout.hasAlpha {
        let alpha = unsafe lines.line(row, channel: layout.channels.colors)
        // What is transparent once rounded has no colour.
        for x in columns { unsafe line[x] = alpha[x] < 0.5 ? 0 : line[x] * (most / alpha[x]) }
      }
      unsafe TransferCurve.toSamples(line, columns, most: most)
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
