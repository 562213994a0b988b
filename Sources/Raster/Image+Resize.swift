extension Image {
  /// The picture cropped, scaled and laid on its canvas as `geometry` says.
  ///
  /// Colours are weighted by their alpha (premultiplied) while samples are mixed. Nothing is mixed where `geometry`
  /// only moves pixels.
  ///
  /// - Parameters:
  ///   - geometry: made for a picture of this size.
  ///   - isLinear: whether samples are mixed as amounts of light (``TransferCurve``) instead of as they are stored.
  ///   - background: fills what the picture leaves of the canvas. Over a coloured one grey becomes RGB; `nil` is
  ///     transparency, which gives a picture without alpha its alpha.
  ///   - sharing: of the work of mixing; the result is the same.
  public borrowing func resized(
    _ geometry: ResizeGeometry, filter: Filter = .lanczos3, isLinear: Bool = false, background: Color?,
    sharing: Sharing = .alone
  ) throws(RasterError) -> Image {
    precondition(geometry.source == size, "the geometry is of \(geometry.source), the picture of \(size)")
    guard Image.byteCount(geometry.canvas, Layout(.rgba, .sixteen)) != nil else { throw .tooLarge(geometry.canvas) }
    let scaled =
      geometry.resamples
      ? resampled(geometry, filter: filter, isLinear: isLinear, sharing: sharing) : cropped(to: geometry.region)
    guard geometry.pads else { return scaled }
    let canvasLayout = geometry.layout(of: layout, background: background)
    if scaled.layout == canvasLayout {
      return scaled.laid(on: geometry.canvas, left: geometry.left, top: geometry.top, background: background)
    }
    return scaled.converted(to: canvasLayout)
      .laid(on: geometry.canvas, left: geometry.left, top: geometry.top, background: background)
  }
}

extension ResizeGeometry {
  /// What is kept of the source where nothing is resampled.
  fileprivate var region: Region { Region(x: Int(crop.left), y: Int(crop.top), size: scaled) }
}

extension MutableSpan<UInt8> {
  /// Copies a part of `source` to the place that begins at `offset`. Traps where either ends too early.
  mutating func copy(_ source: Span<UInt8>, _ part: Range<Int>, to offset: Int) {
    precondition(part.lowerBound >= 0 && part.upperBound <= source.count, "no such part")
    precondition(offset >= 0 && offset <= count - part.count, "no room for the part")
    // Spans have no bulk copy; the bounds are checked above, and two spans of which one is mutable never overlap.
    unsafe source.withUnsafeBufferPointer { from in
      unsafe withUnsafeMutableBufferPointer { to in
        if let from = from.baseAddress, let to = to.baseAddress {
          unsafe (to + offset).update(from: from + part.lowerBound, count: part.count)
        }
      }
    }
  }
}
