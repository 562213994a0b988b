import CLCMS
import Raster

/// A profile of three curves and a matrix, and sRGB behind it: light is read from the curves, mixed, and looked up again.
///
/// lcms2 has a fast way of its own for 8 bits; for 16 it interpolates between 33 steps a channel, and is off by up to
/// eight per cent in the shadows.
struct MatrixShaper: Sendable {
  /// Light of each value of a sample, red, then green, then blue.
  private let light: [Float]
  /// From the profile's light to sRGB's, times ``steps``, row by row.
  private let matrix: [Float]
  private let depth: Layout.Depth

  /// Between black and white, in equal parts of light. sRGB is steepest at black, 12.92 values a part: a step is a fifth
  /// of one value of 8 bits, and between steps of 16 bits nothing is lost by a straight line.
  private static let steps = 16_384
  /// The values of 8 and of 16 bits, one more than steps.
  private static let shades8 = shades(255).map { UInt8($0 + 0.5) }
  private static let shades16 = shades(65_535)

  private static func shades(_ most: Double) -> [Float] {
    (0...steps + 1).map { step in
      Float(SRGBCurve.sample(min(Double(step) / Double(steps), 1)) * most)
    }
  }

  /// `nil` where the profile has no curves and matrix, or such that no light comes of them.
  init?(_ source: SourceProfile, _ depth: Layout.Depth) {
    guard let own = Self.matrix(source.profile), let sRGB = Self.matrix(source.target),
      let inverse = Self.inverse(sRGB)
    else { return nil }
    let mixed = Self.product(inverse, own).map { Float($0 * Double(Self.steps)) }
    guard mixed.allSatisfy({ abs($0) < 1e6 }) else { return nil }
    let most = depth == .eight ? 255 : 65_535
    var light: [Float] = []
    light.reserveCapacity(3 * (most + 1))
    for tag in [cmsSigRedTRCTag, cmsSigGreenTRCTag, cmsSigBlueTRCTag] {
      // The curve is the profile's, which outlives this call.
      guard let raw = unsafe cmsReadTag(source.profile.handle, tag) else { return nil }
      let curve = OpaquePointer(raw)
      for value in 0...most { light.append(unsafe cmsEvalToneCurveFloat(curve, Float(value) / Float(most))) }
    }
    // What is no number is in no range.
    guard light.allSatisfy({ abs($0) < 1e3 }) else { return nil }
    (self.light, matrix, self.depth) = (light, mixed, depth)
  }

  /// The primaries, as columns.
  private static func matrix(_ profile: borrowing OpenProfile) -> [Double]? {
    var columns: [cmsCIEXYZ] = []
    for tag in [cmsSigRedColorantTag, cmsSigGreenColorantTag, cmsSigBlueColorantTag] {
      // The numbers are the profile's, which outlives this call.
      guard let raw = unsafe cmsReadTag(profile.handle, tag) else { return nil }
      columns.append(unsafe raw.assumingMemoryBound(to: cmsCIEXYZ.self).pointee)
    }
    return columns.map(\.X) + columns.map(\.Y) + columns.map(\.Z)
  }

  private static func product(_ a: [Double], _ b: [Double]) -> [Double] {
    (0..<9).map { at in
      let (row, column) = (at / 3 * 3, at % 3)
      return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6]
    }
  }

  private static func inverse(_ m: [Double]) -> [Double]? {
    func cofactor(_ row: Int, _ column: Int) -> Double {
      let (r, s, c, d) = ((row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3)
      return m[r * 3 + c] * m[s * 3 + d] - m[r * 3 + d] * m[s * 3 + c]
    }
    let determinant = (0..<3).reduce(0) { $0 + m[$1] * cofactor(0, $1) }
    guard abs(determinant) > 1e-9 else { return nil }
    return (0..<9).map { cofactor($0 % 3, $0 / 3) / determinant }
  }

  /// Whether it does to many colours what lcms2 does, which also knows of tables, black points and other spaces: within
  /// a value of 8 bits, or half of one in 16.
  func agrees(with transform: ExactTransform) -> Bool {
    let samples = SourceProfile.lattice(3)
    switch depth {
    case .eight: return agrees(with: transform, samples.map { UInt8($0 / 257) }, within: 1)
    case .sixteen: return agrees(with: transform, samples, within: 128)
    }
  }

  private func agrees<S: FixedWidthInteger & UnsignedInteger>(
    with transform: ExactTransform, _ samples: [S], within most: Int
  ) -> Bool {
    var (own, exact) = (samples, samples)
    // In their own places; the memory is whoever converts it for the length of the call.
    unsafe own.withUnsafeMutableBytes { own in
      unsafe exact.withUnsafeMutableBytes { exact in
        guard let own = own.baseAddress, let exact = exact.baseAddress else { return }
        unsafe convert(UnsafeRawPointer(own), to: own, count: samples.count / 3, stride: 3)
        unsafe transform.convert(UnsafeRawPointer(exact), to: exact, count: samples.count / 3)
      }
    }
    return zip(own, exact).allSatisfy { abs(Int($0) - Int($1)) <= most }
  }

  /// - Parameter stride: samples from one pixel to the next, of which the first three are its colours.
  @unsafe func convert(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int, stride: Int) {
    switch depth {
    case .eight:
      unsafe Self.shades8.withUnsafeBufferPointer { shades in
        unsafe mix(source, to: target, count, stride, UInt8.self) { unsafe shades[Int($0 + 0.5)] }
      }
    case .sixteen:
      unsafe Self.shades16.withUnsafeBufferPointer { shades in
        unsafe mix(source, to: target, count, stride, UInt16.self) { step in
          let floor = Int(step)
          let (below, above) = unsafe (shades[floor], shades[floor + 1])
          return UInt16(below + (above - below) * (step - Float(floor)) + 0.5)
        }
      }
    }
  }

  /// - Parameter shade: of a number of steps, 0 to ``steps``.
  @inline(__always)
  private func mix<S: FixedWidthInteger & UnsignedInteger>(
    _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ count: Int, _ stride: Int, _: S.Type,
    _ shade: (Float) -> S
  ) {
    let (from, to) = unsafe (source.assumingMemoryBound(to: S.self), target.assumingMemoryBound(to: S.self))
    let (m0, m1, m2) = (matrix[0], matrix[1], matrix[2])
    let (m3, m4, m5) = (matrix[3], matrix[4], matrix[5])
    let (m6, m7, m8) = (matrix[6], matrix[7], matrix[8])
    let (values, most) = (Int(S.max) + 1, Float(Self.steps))
    // Every value of a sample has a place in the table.
    unsafe light.withUnsafeBufferPointer { light in
      var at = 0
      for _ in 0..<count {
        let red = unsafe light[Int(from[at])]
        let green = unsafe light[values + Int(from[at + 1])]
        let blue = unsafe light[2 * values + Int(from[at + 2])]
        unsafe to[at] = shade(max(0, min(m0 * red + m1 * green + m2 * blue, most)))
        unsafe to[at + 1] = shade(max(0, min(m3 * red + m4 * green + m5 * blue, most)))
        unsafe to[at + 2] = shade(max(0, min(m6 * red + m7 * green + m8 * blue, most)))
        at += stride
      }
    }
  }
}
