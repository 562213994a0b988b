extension Image {
  /// What a sigma may be: below, nothing changes; above, it takes a larger picture to see a difference. sharp's range.
  public static let blurSigmas = 0.3...1000.0

  /// The picture blurred by a Gaussian; see ``GaussianBlur`` for edges and exactness.
  ///
  /// Colours are weighted by their alpha (premultiplied) while samples are mixed, and mixed as they are stored. Beside the
  /// two pictures memory is taken only for the lines under the Gaussian.
  ///
  /// - Parameter sigma: in pixels, in ``blurSigmas``.
  public borrowing func blurred(sigma: Double) -> Image {
    precondition(Self.blurSigmas.contains(sigma), "a sigma of \(sigma)")
    let (size, layout) = (size, layout)
    let blur = GaussianBlur(sigma: sigma, planes: layout.channels.count, size: size)
    return unsafe worked(layout: layout) { source, target in
      // The pointers hold pictures of the size and the layout that lines are read and written for.
      let reading = unsafe LineReading(layout: layout, width: size.width, pixels: source)
      let writing = unsafe LineWriting(layout: layout, width: size.width, pixels: target)
      unsafe blur.run(
        read: { row, line in unsafe reading.read(row: row, to: line) },
        write: { row, line in unsafe writing.write(line, row: row) })
    }
  }

  /// A picture of the same size whose bytes `body` writes, from this one's, through pointers that hold for the call.
  borrowing func worked(
    layout: Layout, _ body: (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Void
  ) -> Image {
    unsafe Image(size: size, layout: layout) { target in
      // Pictures have at least one pixel, and so a base address.
      withPixels { pixels in
        unsafe pixels.withUnsafeBufferPointer { source in
          if let source = source.baseAddress, let target = target.baseAddress { unsafe body(source, target) }
        }
      }
    }
  }
}
