import Glibc

/// Lines of floats blurred by a Gaussian, in memory for the lines under it only.
///
/// The kernel is the Gaussian at whole pixels up to four sigmas, its sum made 1; what is beyond weighs 1/16,000. Beyond an
/// edge its pixels go on.
///
/// From a sigma of 8 on, what comes of it is computed at every `step`th pixel of every `step`th line only, a quarter of a
/// sigma apart, and cubics are laid through (Lagrange's, of four points): a blur has nothing finer in it. That is within
/// 1/25 of a step of eight bits, and the cost of a pixel does not grow with sigma.
struct GaussianBlur {
  /// How far the kernel reaches to each side, in sigmas.
  private static let sigmas = 4.0
  /// Floats that are worked on together.
  private static let block = 32

  private let planes: Int
  private let size: Size
  private let step: Int
  private let reach: Int
  /// From `-reach` to `reach`, and zeros up to whole blocks.
  private let weights: [Float]
  /// The sum of the weights before each.
  private let sums: [Double]

  /// - Parameter sigma: in pixels, above 0.
  init(sigma: Double, planes: Int, size: Size) {
    self.planes = planes
    self.size = size
    step = sigma < 8 ? 1 : Int(sigma / 4)
    reach = max(1, Int((Self.sigmas * sigma).rounded(.up)))
    let bells = (-reach...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let total = bells.reduce(0, +)
    weights = bells.map { Float($0 / total) } + [Float](repeating: 0, count: Self.block)
    sums = bells.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1 / total) }
  }

  /// - Parameters:
  ///   - read: fills the line of a row; rows come in order, each once.
  ///   - write: takes the blurred line of a row; rows come in order, each once.
  @unsafe func run(read: (_ row: Int, SampleLine) -> Void, write: (_ row: Int, SampleLine) -> Void) {
    // Places where the blur is computed: place `index` is at `(index - 1) * step` when there are steps, so that each
    // pixel has two places on either side.
    let columns = places(size.width)
    let across = SampleLines(1, planes: planes, floats: size.width, before: reach, after: reach + Self.block)
    let ring = SampleLines(min(2 * reach + 1, size.height), planes: planes, floats: columns)
    let coarse = SampleLines(4, planes: planes, floats: columns)
    let between = SampleLines(1, planes: planes, floats: columns)
    let result = SampleLines(1, planes: planes, floats: step == 1 ? columns : (size.width / step + 1) * step)
    let curve = interpolation
    var (rowsRead, placesDone) = (0, 0)

    func blurredPlace(_ place: Int, into target: SampleLine) {
      let center = step == 1 ? place : (place - 1) * step
      let rows = window(center, of: size.height)
      while rowsRead <= rows.last {
        let line = unsafe across.line(0)
        unsafe read(rowsRead, line)
        for plane in 0..<planes {
          unsafe blurAcross(line.plane(plane), into: ring.line(rowsRead).plane(plane), columns)
        }
        rowsRead += 1
      }
      for plane in 0..<planes {
        var sources: [UnsafePointer<Float>] = unsafe []
        for row in rows.first...rows.last { unsafe sources.append(UnsafePointer(ring.line(row).plane(plane))) }
        unsafe mix(sources, rows.weights, into: target.plane(plane), columns)
      }
    }

    for row in 0..<size.height {
      let line = unsafe result.line(0)
      if step == 1 {
        unsafe blurredPlace(row, into: line)
      } else {
        let first = row / step
        while placesDone < first + 4 {
          unsafe blurredPlace(placesDone, into: coarse.line(placesDone))
          placesDone += 1
        }
        let shares = curve[row % step]
        for plane in 0..<planes {
          let four = unsafe (first..<first + 4).map { unsafe UnsafePointer(coarse.line($0).plane(plane)) }
          unsafe mix(four, shares, into: between.line(0).plane(plane), columns)
          unsafe interpolate(between.line(0).plane(plane), curve, into: line.plane(plane))
        }
      }
      unsafe write(row, line)
    }
  }

  private func places(_ length: Int) -> Int { step == 1 ? length : (length - 1) / step + 4 }

  /// The rows of a side that lie under the kernel around `center`, and what each weighs; those at an edge weigh for all
  /// beyond it as well.
  private func window(_ center: Int, of length: Int) -> (first: Int, last: Int, weights: [Float]) {
    let first = min(max(center - reach, 0), length - 1)
    let last = max(min(center + reach, length - 1), 0)
    // The index of a row's weight.
    func place(_ row: Int) -> Int { min(max(row - center + reach, 0), 2 * reach) }
    var window = Array(weights[place(first)...place(last)])
    let (before, after) = (Float(sums[place(first)]), Float(1 - sums[place(last) + 1]))
    if first == last { return (first, last, [1]) }
    window[0] += before
    window[window.count - 1] += after
    return (first, last, window)
  }

  /// Lagrange's cubics through four places, for each pixel between the second and the third.
  private var interpolation: [[Float]] {
    (0..<step).map { index in
      let t = Double(index) / Double(step)
      return [
        -t * (t - 1) * (t - 2) / 6, (t + 1) * (t - 1) * (t - 2) / 2, -(t + 1) * t * (t - 2) / 2,
        (t + 1) * t * (t - 1) / 6,
      ].map { Float($0) }
    }
  }

  // MARK: Inner loops, on pointers: spans check each index, and bounds are plain from the lines' sizes.

  /// - Parameter line: with room for `reach` floats before and `reach` and a block after.
  @unsafe private func blurAcross(
    _ line: UnsafeMutablePointer<Float>, into target: UnsafeMutablePointer<Float>, _ columns: Int
  ) {
    if step == 1 {
      let (first, last) = unsafe (line[0], line[size.width - 1])
      for index in 1...reach { unsafe line[-index] = first }
      for index in size.width..<size.width + reach { unsafe line[index] = last }
      let shifted = unsafe (-reach...reach).map { unsafe UnsafePointer(line + $0) }
      unsafe mix(shifted, weights, into: target, columns)
      return
    }
    for column in 0..<columns {
      let center = (column - 1) * step
      let first = min(max(center - reach, 0), size.width - 1)
      let last = max(min(center + reach, size.width - 1), 0)
      let place = (first: first - center + reach, last: last - center + reach)
      if first == last {
        unsafe target[column] = line[first]
      } else {
        // What lies beyond an edge counts as the pixel there.
        let sum = unsafe product(line + first, place.first, count: last - first + 1)
        let (before, after) = (Float(sums[place.first]), Float(1 - sums[place.last + 1]))
        unsafe target[column] = sum + before * line[first] + after * line[last]
      }
    }
  }

  /// The sum of floats times the weights from `place` on.
  @unsafe private func product(_ floats: UnsafeMutablePointer<Float>, _ place: Int, count: Int) -> Float {
    unsafe weights.withUnsafeBufferPointer { weights in
      guard let base = weights.baseAddress else { return 0 }
      let (left, right) = unsafe (UnsafeRawPointer(floats), UnsafeRawPointer(base + place))
      var (one, two) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
      var index = 0
      while index + 16 <= count {
        one += unsafe Self.load(left, index) * Self.load(right, index)
        two += unsafe Self.load(left, index + 8) * Self.load(right, index + 8)
        index += 16
      }
      var sum = (one + two).sum()
      while index < count {
        sum += unsafe floats[index] * base[place + index]
        index += 1
      }
      return sum
    }
  }

  /// The sum of lines, each times its weight, in whole blocks.
  @unsafe private func mix(
    _ lines: [UnsafePointer<Float>], _ weights: [Float], into target: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    unsafe lines.withUnsafeBufferPointer { lines in
      unsafe weights.withUnsafeBufferPointer { weights in
        var x = 0
        while x < count {
          var (one, two) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
          var (three, four) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
          for index in 0..<lines.count {
            let source = unsafe UnsafeRawPointer(lines[index] + x)
            let weight = unsafe SIMD8<Float>(repeating: weights[index])
            one += unsafe Self.load(source, 0) * weight
            two += unsafe Self.load(source, 8) * weight
            three += unsafe Self.load(source, 16) * weight
            four += unsafe Self.load(source, 24) * weight
          }
          let place = unsafe UnsafeMutableRawPointer(target + x)
          unsafe place.storeBytes(of: one, toByteOffset: 0, as: SIMD8<Float>.self)
          unsafe place.storeBytes(of: two, toByteOffset: 32, as: SIMD8<Float>.self)
          unsafe place.storeBytes(of: three, toByteOffset: 64, as: SIMD8<Float>.self)
          unsafe place.storeBytes(of: four, toByteOffset: 96, as: SIMD8<Float>.self)
          x += Self.block
        }
      }
    }
  }

  @inline(__always)
  @unsafe private static func load(_ floats: UnsafeRawPointer, _ index: Int) -> SIMD8<Float> {
    unsafe floats.loadUnaligned(fromByteOffset: index * MemoryLayout<Float>.size, as: SIMD8<Float>.self)
  }

  /// From a line of places to one of pixels.
  @unsafe private func interpolate(
    _ places: UnsafeMutablePointer<Float>, _ curve: [[Float]], into target: UnsafeMutablePointer<Float>
  ) {
    for (offset, shares) in curve.enumerated() {
      let (first, second, third, fourth) = (shares[0], shares[1], shares[2], shares[3])
      for place in 0...(size.width - 1) / step {
        unsafe target[place * step + offset] =
          places[place] * first + places[place + 1] * second + places[place + 2] * third + places[place + 3] * fourth
      }
    }
  }
}
