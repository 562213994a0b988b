extension Image {
  /// The picture as it looks over `background`, without alpha. One without alpha comes back as it is.
  ///
  /// Grey stays grey over a grey background and becomes RGB over a coloured one. The mix is made of the samples as they
  /// are stored (no linear light), as browsers do, and rounded to the nearest.
  public borrowing func flattened(onto background: Color) -> Image {
    let target = Layout(layout.channels.isGray && background.isGray ? .gray : .rgb, layout.depth)
    guard layout.hasAlpha else {
      return converted(to: layout.channels.isGray ? layout : target)
    }
    return switch layout.depth {
    case .eight: flattened(to: target, background: background, UInt8.self)
    case .sixteen: flattened(to: target, background: background, UInt16.self)
    }
  }

  private borrowing func flattened<S: Sample>(to target: Layout, background: Color, _: S.Type) -> Image {
    let source = layout.channels
    let behind = [background.red, background.green, background.blue].map { UInt64($0) * UInt64(S.max / 255) }
    return mapped(size: size, layout: target) { input, output in
      let bytes = MemoryLayout<S>.size
      let (pixelFrom, pixelTo) = (bytes * source.count, bytes * target.channels.count)
      let opaque = UInt64(S.max)
      for pixel in 0..<input.count / pixelFrom {
        let (read, write) = (pixel * pixelFrom, pixel * pixelTo)
        let alpha = UInt64(S.load(input, at: read + pixelFrom - bytes))
        for channel in 0..<target.channels.count {
          let front = UInt64(S.load(input, at: read + (source.isGray ? 0 : channel * bytes)))
          let mix = front * alpha + behind[channel] * (opaque - alpha)
          S((mix + opaque / 2) / opaque).store(&output, at: write + channel * bytes)
        }
      }
    }
  }
}

extension Color {
  /// Whether all three channels are the same.
  public var isGray: Bool { red == green && green == blue }
}
