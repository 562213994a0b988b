extension Image {
  /// The same picture with its samples laid out otherwise.
  ///
  /// - Eight bits become sixteen by times 257, sixteen become eight by rounding to the nearest.
  /// - Grey becomes RGB by repetition; RGB becomes grey as JPEG's luma does (ITU-R BT.601: 0.299, 0.587, 0.114).
  /// - New alpha is opaque.
  /// - Precondition: ink stays ink, and alpha that goes is opaque everywhere; use ``flattened(onto:)`` where it is not.
  public borrowing func converted(to target: Layout) -> Image {
    precondition((layout.channels == .cmyk) == (target.channels == .cmyk), "ink becomes light by way of its profile")
    precondition(target.hasAlpha || isOpaque, "transparency is flattened, never dropped")
    return switch (layout.depth, target.depth) {
    case (.eight, .eight): converted(to: target.channels, from: UInt8.self) { $0 }
    case (.eight, .sixteen): converted(to: target.channels, from: UInt8.self) { UInt16($0) * 257 }
    case (.sixteen, .sixteen): converted(to: target.channels, from: UInt16.self) { $0 }
    case (.sixteen, .eight):
      // v / 257 is v * 255 / 65535; 128 is half of 257, rounded down, and no tie exists.
      converted(to: target.channels, from: UInt16.self) { UInt8((UInt32($0) + 128) / 257) }
    }
  }

  private borrowing func converted<Source: Sample, Target: Sample>(
    to channels: Layout.Channels, from _: Source.Type, _ convert: (Source) -> Target
  ) -> Image {
    let source = layout.channels
    let target = Layout(channels, Target.bitWidth == 8 ? .eight : .sixteen)
    return mapped(size: size, layout: target) { input, output in
      let (from, to) = (MemoryLayout<Source>.size, MemoryLayout<Target>.size)
      if source == channels {
        for index in 0..<input.count / from {
          convert(Source.load(input, at: index * from)).store(&output, at: index * to)
        }
        return
      }
      let (pixelFrom, pixelTo) = (from * source.count, to * channels.count)
      for pixel in 0..<input.count / pixelFrom {
        let (read, write) = (pixel * pixelFrom, pixel * pixelTo)
        let first = Source.load(input, at: read)
        switch (source.isGray, channels.isGray) {
        case (true, true): convert(first).store(&output, at: write)
        case (true, false):
          for channel in 0..<3 { convert(first).store(&output, at: write + channel * to) }
        case (false, false):
          for channel in 0..<3 {
            convert(Source.load(input, at: read + channel * from)).store(&output, at: write + channel * to)
          }
        case (false, true):
          let (green, blue) = (Source.load(input, at: read + from), Source.load(input, at: read + 2 * from))
          convert(Self.luma(first, green, blue)).store(&output, at: write)
        }
        if channels.hasAlpha {
          let alpha = source.hasAlpha ? Source.load(input, at: read + pixelFrom - from) : Source.max
          convert(alpha).store(&output, at: write + pixelTo - to)
        }
      }
    }
  }

  /// Rounded to the nearest; the weights sum to 1000, so that grey stays what it is.
  private static func luma<S: Sample>(_ red: S, _ green: S, _ blue: S) -> S {
    let thousandfold: UInt32 = 299 * UInt32(red) + 587 * UInt32(green) + 114 * UInt32(blue)
    return S((thousandfold + 500) / 1000)
  }

  /// A picture whose bytes `body` writes from this one's.
  borrowing func mapped(
    size: Size, layout: Layout, _ body: (Span<UInt8>, inout MutableSpan<UInt8>) -> Void
  ) -> Image {
    var result = Image(size: size, layout: layout)
    withPixels { input in
      result.withMutablePixels { output in body(input, &output) }
    }
    return result
  }
}

extension Layout.Channels {
  public var isGray: Bool {
    switch self {
    case .gray, .grayAlpha: true
    case .rgb, .rgba, .cmyk: false
    }
  }
}
