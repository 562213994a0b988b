import Raster

extension Image {
  /// The picture scaled to a size, whatever becomes of its aspect ratio.
  borrowing func stretched(to size: Size) -> Image {
    resampled(Resize(width: size.width, height: size.height, fit: .fill, enlarge: true))
  }

  /// The picture cut and scaled to fill a size.
  borrowing func covering(_ size: Size) -> Image {
    resampled(Resize(width: size.width, height: size.height, fit: .cover, enlarge: true))
  }

  private borrowing func resampled(_ resize: Resize) -> Image {
    do throws(RasterError) {
      return try resized(resize.geometry(for: size), filter: .bilinear, background: nil)
    } catch {
      // Sides are at most 8192 here: what is left is a lack of memory, which ends the process anyway.
      preconditionFailure("\(error)")
    }
  }

  /// Colours it as a palette would: shadows towards its nearest hills, lights towards its horizon, so that an edit is seen
  /// to be one and the picture is still known.
  ///
  /// - Precondition: the layout is `rgb8`.
  mutating func grade(_ palette: Palette) {
    func curve(_ low: Int, _ high: Int) -> [UInt8] {
      (0..<256).map { UInt8(($0 * 144 + (low + (high - low) * $0 / 255) * 112) >> 8) }
    }
    let red = curve(palette.near.red, palette.horizon.red)
    let green = curve(palette.near.green, palette.horizon.green)
    let blue = curve(palette.near.blue, palette.horizon.blue)
    withMutablePixels { pixels in
      var at = 0
      while at < pixels.count {
        pixels[at] = red[Int(pixels[at])]
        pixels[at + 1] = green[Int(pixels[at + 1])]
        pixels[at + 2] = blue[Int(pixels[at + 2])]
        at += 3
      }
    }
  }

  /// Lays a small copy of another picture along the lower edge: what multi-edit makes of its further images.
  ///
  /// - Precondition: both layouts are `rgb8`.
  mutating func inset(_ other: borrowing Image, at index: Int, of count: Int) {
    let slot = size.width / max(4, count)
    let side = max(1, min(slot * 7 / 8, size.height / 3))
    let small = other.covering(Size(width: side, height: side))
    let left = index * slot + (slot - side) / 2
    let top = size.height - side - (slot - side) / 2
    guard left + side <= size.width, top >= 0 else { return }
    let rowBytes = rowBytes
    small.withPixels { source in
      withMutablePixels { pixels in
        for y in 0..<side {
          for x in 0..<(side * 3) { pixels[(top + y) * rowBytes + left * 3 + x] = source[y * side * 3 + x] }
        }
      }
    }
  }

  /// Makes transparent what looks like the top left corner.
  ///
  /// - Precondition: the layout is `rgba8`.
  consuming func withoutBackground() -> Image {
    var image = self
    image.withMutablePixels { pixels in
      let corner = (Int(pixels[0]), Int(pixels[1]), Int(pixels[2]))
      var at = 0
      while at < pixels.count {
        let distance =
          abs(Int(pixels[at]) - corner.0) + abs(Int(pixels[at + 1]) - corner.1) + abs(Int(pixels[at + 2]) - corner.2)
        if distance < 96 { pixels[at + 3] = UInt8(min(Int(pixels[at + 3]), max(0, distance - 32) * 4)) }
        at += 4
      }
    }
    return image
  }
}
