import Raster

/// What becomes of every shade of gray.
struct ShadeTable: Sendable {
  private enum Shades: Sendable {
    case eight([UInt8])
    case sixteen([UInt16])
  }

  private let shades: Shades

  init(_ transform: ExactTransform, _ depth: Layout.Depth) {
    switch depth {
    case .eight: shades = .eight(Self.table(transform))
    case .sixteen: shades = .sixteen(Self.table(transform))
    }
  }

  private static func table<S: FixedWidthInteger & UnsignedInteger>(_ transform: ExactTransform) -> [S] {
    var table = (0...Int(S.max)).map { S($0) }
    // In its own place; the memory is the transform's for the length of the call.
    unsafe table.withUnsafeMutableBytes { buffer in
      if let base = buffer.baseAddress {
        unsafe transform.convert(UnsafeRawPointer(base), to: base, count: Int(S.max) + 1)
      }
    }
    return table
  }

  /// - Parameter stride: samples from one pixel to the next, of which the first is gray.
  @unsafe func convert(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int, stride: Int) {
    switch shades {
    case .eight(let table): unsafe Self.convert(source, to: target, count, stride, table)
    case .sixteen(let table): unsafe Self.convert(source, to: target, count, stride, table)
    }
  }

  private static func convert<S: FixedWidthInteger & UnsignedInteger>(
    _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ count: Int, _ stride: Int, _ table: [S]
  ) {
    let (from, to) = unsafe (source.assumingMemoryBound(to: S.self), target.assumingMemoryBound(to: S.self))
    // Every value of a sample has a place in the table.
    unsafe table.withUnsafeBufferPointer { table in
      for pixel in 0..<count { unsafe to[pixel * stride] = table[Int(from[pixel * stride])] }
    }
  }
}
