import CCodecs
import Raster

/// A way to store a picture to the bit: colour type and depth, with a palette or a transparent colour.
struct PNGForm {
  let color: codecs_png_color
  let depth: Int
  let colors: PNGColors?
  /// The data of `tRNS`, empty for none.
  let transparency: [UInt8]

  /// The ways that a picture allows and that can be the smallest: samples first, then a palette.
  ///
  /// - Parameter carriesProfile: gray stays gray and colour stays colour.
  static func all(for survey: PNGSurvey, _ layout: Layout, carriesProfile: Bool) -> [PNGForm] {
    let wasGray = layout.channels.count < 3
    let samples = self.samples(survey, isGray: carriesProfile ? wasGray : survey.isGray)
    guard let colors = survey.colors, !(carriesProfile && wasGray) else { return [samples] }
    // Gray of as few bits has the same rows, and no palette to store.
    if samples.color == .gray, samples.depth <= colors.depth { return [samples] }
    let palette = PNGForm(color: .palette, depth: colors.depth, colors: colors, transparency: colors.transparency)
    return [samples, palette]
  }

  private static func samples(_ survey: PNGSurvey, isGray: Bool) -> PNGForm {
    let depth = survey.isDeep ? 16 : 8
    guard survey.isOpaque || survey.key != nil else {
      return PNGForm(color: isGray ? .gray_alpha : .rgba, depth: depth, colors: nil, transparency: [])
    }
    let key = survey.key ?? []
    guard isGray else {
      return PNGForm(color: .rgb, depth: depth, colors: nil, transparency: bigEndian(key, narrowed: !survey.isDeep))
    }
    let gray = key.prefix(1).map { survey.isDeep ? $0 : ($0 & 255) >> (8 - UInt16(survey.grayDepth)) }
    return PNGForm(color: .gray, depth: survey.grayDepth, colors: nil, transparency: bigEndian(gray, narrowed: false))
  }

  /// Two bytes each, whatever the depth (PNG Third Edition 11.3.1.1).
  private static func bigEndian(_ samples: [UInt16], narrowed: Bool) -> [UInt8] {
    samples.flatMap { sample in
      [narrowed ? 0 : UInt8(truncatingIfNeeded: sample >> 8), UInt8(truncatingIfNeeded: sample)]
    }
  }

  /// The bytes of `PLTE` and `tRNS` with their frames.
  var overhead: Int {
    [colors?.palette ?? [], transparency].filter { !$0.isEmpty }.reduce(0) { $0 + $1.count + 12 }
  }

  /// Runs `body` with what the C side wants to know.
  @unsafe func withRows<R, E: Error>(
    of pixels: Span<UInt8>, _ size: Size, _ layout: Layout, _ body: (borrowing codecs_png_form) throws(E) -> R
  ) throws(E) -> R {
    // The pixels are the C side's until `body` returns.
    try unsafe pixels.withUnsafeBufferPointer { buffer throws(E) in
      try unsafe withRows(of: buffer, size, layout, body)
    }
  }

  private func withRows<R, E: Error>(
    of pixels: UnsafeBufferPointer<UInt8>, _ size: Size, _ layout: Layout,
    _ body: (borrowing codecs_png_form) throws(E) -> R
  ) throws(E) -> R {
    var form = unsafe codecs_png_form(
      pixels: pixels.baseAddress, row_bytes: size.width * layout.bytesPerPixel, width: UInt32(size.width),
      height: UInt32(size.height), channels: Int32(layout.channels.count), depth: Int32(layout.depth.rawValue),
      stored_color: color, stored_depth: Int32(depth), slot_colors: nil, slot_indices: nil)
    guard let colors else { return try unsafe body(form) }
    // The tables are the C side's until `body` returns.
    return try unsafe colors.slotColors.withUnsafeBufferPointer { slotColors throws(E) in
      try unsafe colors.slotIndices.withUnsafeBufferPointer { slotIndices throws(E) in
        unsafe form.slot_colors = slotColors.baseAddress
        unsafe form.slot_indices = slotIndices.baseAddress
        return try unsafe body(form)
      }
    }
  }
}
