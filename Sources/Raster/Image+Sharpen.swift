/// The wish to sharpen by an unsharp mask.
public struct Sharpening: Hashable, Sendable, Codable {
  /// How far details reach, in pixels.
  public static let sigmas = 0.3...10.0
  public static let amounts = 0.0...10.0

  public var sigma: Double
  /// How much of a detail is added: 1 doubles it.
  public var amount: Double
  /// In steps of 1/255: what differs by less is left as it is, what differs by more is taken for what is beyond.
  public var threshold: Double

  /// Differences are at most 255.
  public var changesSomething: Bool { amount > 0 && threshold < 255 }

  /// The defaults are what the field does after scaling down (ImageMagick's `-unsharp 0x0.75+0.75+0.008`).
  public init(sigma: Double = 0.75, amount: Double = 0.75, threshold: Double = 2) {
    self.sigma = sigma
    self.amount = amount
    self.threshold = threshold
  }
}

extension Image {
  /// The picture with its details, which are what a Gaussian blur takes from its luma, added to it.
  ///
  /// Luma (ITU-R BT.601, of the samples as they are stored) and not channel by channel: what is added to red, green and
  /// blue alike leaves hues as they are and puts no coloured fringes beside edges. Pixels count by their alpha, and alpha
  /// stays what it is.
  ///
  /// The threshold is taken off each detail, so that there is no jump between what is sharpened and what is not.
  public borrowing func sharpened(_ sharpening: Sharpening) -> Image {
    precondition(Sharpening.sigmas.contains(sharpening.sigma), "a sigma of \(sharpening.sigma)")
    return switch layout.depth {
    case .eight: sharpened(sharpening, UInt8.self)
    case .sixteen: sharpened(sharpening, UInt16.self)
    }
  }

  private borrowing func sharpened<S: Sample>(_ sharpening: Sharpening, _: S.Type) -> Image {
    let (width, channels) = (size.width, layout.channels)
    let (count, hasAlpha) = (channels.count, channels.hasAlpha)
    let colors = hasAlpha ? count - 1 : count
    let blur = GaussianBlur(sigma: sharpening.sigma, planes: hasAlpha ? 2 : 1, size: size)
    let most = Float(S.max)
    let (amount, threshold) = (Float(sharpening.amount), Float(sharpening.threshold) * (most / 255))
    return unsafe worked(layout: layout) { source, target in
      // Rows of sixteen-bit pictures begin at even bytes of an allocation that is aligned for any type.
      let from = unsafe UnsafeRawPointer(source).assumingMemoryBound(to: S.self)
      let to = unsafe UnsafeMutableRawPointer(target).assumingMemoryBound(to: S.self)
      unsafe blur.run(
        read: { row, line in
          let pixels = unsafe from + row * width * count
          let luma = unsafe line.plane(0)
          if hasAlpha {
            let alpha = unsafe line.plane(1)
            for x in 0..<width {
              unsafe alpha[x] = Float(pixels[x * count + colors])
              unsafe luma[x] = Self.luma(pixels + x * count, colors) * alpha[x]
            }
          } else {
            for x in 0..<width { unsafe luma[x] = Self.luma(pixels + x * count, colors) }
          }
        },
        write: { row, line in
          let (pixels, result) = unsafe (from + row * width * count, to + row * width * count)
          let blurred = unsafe line.plane(0)
          if hasAlpha {
            let alpha = unsafe line.plane(1)
            // Where there is any alpha, there is some of it in the blur.
            for x in 0..<width {
              unsafe blurred[x] = alpha[x] > 0 ? blurred[x] / alpha[x] : 0
              unsafe result[x * count + colors] = pixels[x * count + colors]
            }
          }
          for x in 0..<width {
            let difference = unsafe Self.luma(pixels + x * count, colors) - blurred[x]
            let detail = max(difference - threshold, 0) + min(difference + threshold, 0)
            unsafe blurred[x] = detail * amount
          }
          for x in 0..<width {
            // What cannot be seen stays as it is.
            let isSeen = unsafe !hasAlpha || pixels[x * count + colors] > 0
            let detail = unsafe isSeen ? blurred[x] : 0
            for color in 0..<colors {
              let value = unsafe Float(pixels[x * count + color]) + detail
              unsafe result[x * count + color] = S(truncatingIfNeeded: Int32(max(0, min(value, most)) + 0.5))
            }
          }
        })
    }
  }

  @inline(__always)
  @unsafe private static func luma<S: Sample>(_ pixel: UnsafePointer<S>, _ colors: Int) -> Float {
    if colors == 1 { return unsafe Float(pixel[0]) }
    return unsafe 0.299 * Float(pixel[0]) + 0.587 * Float(pixel[1]) + 0.114 * Float(pixel[2])
  }
}
