extension Image {
  /// The picture cropped, scaled and laid on its canvas as `geometry` says.
  ///
  /// Colours are weighted by their alpha (premultiplied) while samples are mixed. Nothing is mixed where `geometry`
  /// only moves pixels.
  ///
  /// - Parameters:
  ///   - geometry: made for a picture of this size.
  ///   - background: fills what the picture leaves of the canvas. Over a coloured one grey becomes RGB; `nil` is
  ///     transparency, which gives a picture without alpha its alpha.
  public borrowing func resized(
    _ geometry: ResizeGeometry, filter: Filter = .lanczos3, background: Color?
  ) throws(RasterError) -> Image {
    precondition(geometry.source == size, "the geometry is of \(geometry.source), the picture of \(size)")
    guard Image.byteCount(geometry.canvas, Layout(.rgba, .sixteen)) != nil else { throw .tooLarge(geometry.canvas) }
    let scaled = geometry.resamples ? try resampled(geometry, filter: filter) : cropped(geometry)
    guard geometry.pads else { return scaled }
    let canvasLayout = geometry.layout(of: layout, background: background)
    if scaled.layout == canvasLayout { return scaled.padded(geometry, background: background) }
    return scaled.converted(to: canvasLayout).padded(geometry, background: background)
  }

  /// The part that `geometry` keeps, pixel for pixel.
  private borrowing func cropped(_ geometry: ResizeGeometry) -> Image {
    let (left, top) = (Int(geometry.crop.left), Int(geometry.crop.top))
    let (rowBytes, pixelBytes) = (rowBytes, layout.bytesPerPixel)
    return mapped(size: geometry.scaled, layout: layout) { input, output in
      let length = geometry.scaled.width * pixelBytes
      for row in 0..<geometry.scaled.height {
        let read = (top + row) * rowBytes + left * pixelBytes
        output.copy(input, read..<read + length, to: row * length)
      }
    }
  }

  /// The picture on the canvas of `geometry`, in its own layout.
  private borrowing func padded(_ geometry: ResizeGeometry, background: Color?) -> Image {
    let (rowBytes, pixelBytes, layout) = (rowBytes, layout.bytesPerPixel, layout)
    let height = size.height
    return mapped(size: geometry.canvas, layout: layout) { input, output in
      if let background {
        let pixel = layout.pixel(background)
        for offset in stride(from: 0, to: output.count, by: pixelBytes) {
          for byte in 0..<pixelBytes { output[offset + byte] = pixel[byte] }
        }
      }
      for row in 0..<height {
        let write = ((geometry.top + row) * geometry.canvas.width + geometry.left) * pixelBytes
        output.copy(input, row * rowBytes..<(row + 1) * rowBytes, to: write)
      }
    }
  }
}

extension Layout {
  /// The bytes of an opaque pixel of this colour; grey takes the red channel.
  fileprivate func pixel(_ color: Color) -> [UInt8] {
    let samples: [UInt8] =
      switch channels {
      case .gray: [color.red]
      case .grayAlpha: [color.red, 255]
      case .rgb: [color.red, color.green, color.blue]
      case .rgba: [color.red, color.green, color.blue, 255]
      }
    // Sixteen bits are eight times 257: the same byte twice, in any byte order.
    return depth == .eight ? samples : samples.flatMap { [$0, $0] }
  }
}

extension MutableSpan<UInt8> {
  /// Copies a part of `source` to the place that begins at `offset`. Traps where either ends too early.
  fileprivate mutating func copy(_ source: Span<UInt8>, _ part: Range<Int>, to offset: Int) {
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
