/// Room around a picture, in pixels.
public struct Padding: Hashable, Sendable, Codable {
  public var top: Int
  public var right: Int
  public var bottom: Int
  public var left: Int

  public init(top: Int = 0, right: Int = 0, bottom: Int = 0, left: Int = 0) {
    self.top = top
    self.right = right
    self.bottom = bottom
    self.left = left
  }

  public init(all sides: Int) {
    self.init(top: sides, right: sides, bottom: sides, left: sides)
  }

  public var isNone: Bool { self == Padding() }

  /// The size of a picture of `size` with the room around it.
  public func around(_ size: Size) -> Size {
    Size(width: left + size.width + right, height: top + size.height + bottom)
  }
}

extension Image {
  /// The picture with room around it.
  ///
  /// - Parameter background: fills the room. Around a coloured one grey becomes RGB; `nil` is transparency, which gives
  ///   a picture without alpha its alpha.
  public borrowing func padded(_ padding: Padding, background: Color?) throws(RasterError) -> Image {
    let canvas = padding.around(size)
    guard Image.byteCount(canvas, Layout(.rgba, .sixteen)) != nil else { throw .tooLarge(canvas) }
    let canvasLayout = layout.behind(background)
    if layout == canvasLayout {
      return laid(on: canvas, left: padding.left, top: padding.top, background: background)
    }
    return converted(to: canvasLayout).laid(on: canvas, left: padding.left, top: padding.top, background: background)
  }

  /// The picture on a canvas of its own layout.
  borrowing func laid(on canvas: Size, left: Int, top: Int, background: Color?) -> Image {
    let (rowBytes, pixelBytes, layout) = (rowBytes, layout.bytesPerPixel, layout)
    let height = size.height
    return mapped(size: canvas, layout: layout) { input, output in
      if let background {
        let pixel = layout.pixel(background)
        for offset in stride(from: 0, to: output.count, by: pixelBytes) {
          for byte in 0..<pixelBytes { output[offset + byte] = pixel[byte] }
        }
      }
      for row in 0..<height {
        let write = ((top + row) * canvas.width + left) * pixelBytes
        output.copy(input, row * rowBytes..<(row + 1) * rowBytes, to: write)
      }
    }
  }
}

extension Layout {
  /// The layout of a picture of this one with some of `background` beside it; `nil` is transparency.
  public func behind(_ background: Color?) -> Layout {
    guard let background else { return Layout(channels.isGray ? .grayAlpha : .rgba, depth) }
    if background.isGray || !channels.isGray { return self }
    return Layout(channels.hasAlpha ? .rgba : .rgb, depth)
  }

  /// The bytes of an opaque pixel of this colour; grey takes the red channel.
  fileprivate func pixel(_ color: Color) -> [UInt8] {
    let samples: [UInt8] =
      switch channels {
      case .gray: [color.red]
      case .grayAlpha: [color.red, 255]
      case .rgb: [color.red, color.green, color.blue]
      case .rgba: [color.red, color.green, color.blue, 255]
      case .cmyk: preconditionFailure("ink is light before it is laid on a canvas")
      }
    // Sixteen bits are eight times 257: the same byte twice, in any byte order.
    return depth == .eight ? samples : samples.flatMap { [$0, $0] }
  }
}
