extension Image {
  /// The picture turned for display: what a viewer shows that honours the EXIF orientation.
  public borrowing func oriented(by orientation: Orientation) -> Image {
    let (width, height) = (size.width, size.height)
    let pixelBytes = layout.bytesPerPixel
    let target = orientation.swapsSides ? size.transposed : size
    // Where the pixel of the top left corner comes from, and how far one step to the right and one downwards lead in
    // the stored picture, all counted in pixels.
    let (first, right, down) =
      switch orientation {
      case .upright: (0, 1, width)
      case .mirrored: (width - 1, -1, width)
      case .rotated180: (width * height - 1, -1, -width)
      case .flipped: (width * (height - 1), 1, -width)
      case .transposed: (0, width, 1)
      case .rotated90: (width * (height - 1), -width, 1)
      case .transversed: (width * height - 1, -width, -1)
      case .rotated270: (width - 1, width, -1)
      }
    let path = Path(first: first, right: right, down: down)
    return mapped(size: target, layout: layout) { input, output in
      // The lengths of all layouts, each with a loop of its own that knows it.
      switch pixelBytes {
      case 1: Self.walk(path, target, pixelBytes: 1, input, &output)
      case 2: Self.walk(path, target, pixelBytes: 2, input, &output)
      case 3: Self.walk(path, target, pixelBytes: 3, input, &output)
      case 4: Self.walk(path, target, pixelBytes: 4, input, &output)
      default: Self.walk(path, target, pixelBytes: pixelBytes, input, &output)
      }
    }
  }

  /// A way through a stored picture, in pixels.
  private struct Path {
    let first: Int
    let right: Int
    let down: Int
  }

  @inline(__always)
  private static func walk(
    _ path: Path, _ target: Size, pixelBytes: Int, _ input: Span<UInt8>, _ output: inout MutableSpan<UInt8>
  ) {
    // Squares, so that a quarter turn reads and writes neighbouring lines while they are in the cache.
    let side = 32
    for top in stride(from: 0, to: target.height, by: side) {
      for start in stride(from: 0, to: target.width, by: side) {
        for row in top..<min(top + side, target.height) {
          var read = (path.first + row * path.down + start * path.right) * pixelBytes
          var write = (row * target.width + start) * pixelBytes
          for _ in start..<min(start + side, target.width) {
            for byte in 0..<pixelBytes { output[write + byte] = input[read + byte] }
            write += pixelBytes
            read += path.right * pixelBytes
          }
        }
      }
    }
  }
}

extension Orientation {
  /// The size in which a stored picture is displayed.
  public func displayed(_ size: Size) -> Size { swapsSides ? size.transposed : size }
}
