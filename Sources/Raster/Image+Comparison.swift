extension Image {
  /// Whether every pixel is the same, alpha included.
  public var isUniform: Bool {
    let stride = layout.bytesPerPixel
    return withPixels { pixels in
      for offset in stride..<max(stride, pixels.count) where pixels[offset] != pixels[offset - stride] { return false }
      return true
    }
  }

  /// Whether nothing shows through: there is no alpha, or all of it is at its maximum.
  public var isOpaque: Bool {
    guard layout.hasAlpha else { return true }
    let (stride, depth) = (layout.bytesPerPixel, layout.depth.bytes)
    return withPixels { pixels in
      // Opaque is all ones, in each byte of a sample.
      var alpha = stride - depth
      while alpha < pixels.count {
        guard pixels[alpha] == 255, pixels[alpha + depth - 1] == 255 else { return false }
        alpha += stride
      }
      return true
    }
  }

  /// Whether both have the same size, layout and samples.
  public borrowing func equals(_ other: borrowing Image) -> Bool {
    guard size == other.size, layout == other.layout else { return false }
    return withPixels { pixels in
      other.withPixels { others in
        for index in pixels.indices where pixels[index] != others[index] { return false }
        return true
      }
    }
  }
}
