import CRaster

extension Image {
  /// The scaled part of `geometry`, its samples mixed in single precision: first from line to line, then along each.
  ///
  /// Beside the two pictures, memory is taken only for the lines of the result that are being mixed. Floats keep the
  /// overshoot between the two passes, which integers would cut, and leave all rounding to the last step.
  borrowing func resampled(
    _ geometry: ResizeGeometry, filter: Filter, isLinear: Bool, sharing: Sharing
  ) -> Image {
    let (crop, scaled) = (geometry.crop, geometry.scaled)
    let across = ResamplingWeights(
      filter, start: crop.left, length: crop.width, count: scaled.width, of: size.width)
    // Squares are common.
    let isSame =
      crop.left == crop.top && crop.width == crop.height && scaled.width == scaled.height && size.width == size.height
    let down =
      isSame
      ? across
      : ResamplingWeights(filter, start: crop.top, length: crop.height, count: scaled.height, of: size.height)
    let resampling = Resampling(layout: layout, width: size.width, across: across, down: down, isLinear: isLinear)
    return unsafe Image(size: scaled, layout: layout) { target in
      // Both pictures outlive the call, have the sizes that the weights were made for, and at least one pixel.
      withPixels { pixels in
        unsafe pixels.withUnsafeBufferPointer { source in
          guard let source = source.baseAddress, let target = target.baseAddress else { return }
          // Each part has rows of its own, and all are done when `sharing` returns.
          nonisolated(unsafe) let (from, to) = unsafe (source, target)
          let parts = resampling.parts(for: sharing.threads)
          sharing(parts.count) { next in
            while let part = next() { unsafe resampling.run(rows: parts[part], from: from, to: to) }
          }
        }
      }
    }
  }
}

/// From the rows of one picture to those of another.
private struct Resampling: Sendable {
  let layout: Layout
  /// Of the source, in pixels.
  let width: Int
  let across: ResamplingWeights
  let down: ResamplingWeights
  let isLinear: Bool

  /// Rows of the source that are read at a time.
  private static let atOnce = Int(craster_lines_at_once)
  /// Rows of the result for which an enlarged picture's lines are mixed at a time: of one line there could be thousands.
  private static let mostRows = 256
  /// Floats that are mixed at a time: those of all lines that are read stay in the processor's nearest cache.
  private static let block = 1024

  /// The rows of the result in parts for so many threads. The first rows of each are mixed from rows that the part before
  /// reads as well.
  func parts(for threads: Int) -> [Range<Int>] {
    let count = down.counts.count
    let share = (count + threads - 1) / threads
    let rows = down.scale < 1 ? min(share, Self.mostRows) : share
    return stride(from: 0, to: count, by: rows).map { $0..<min($0 + rows, count) }
  }

  /// Makes the rows of the result that `rows` names, of which there is one at least.
  ///
  /// - Parameters:
  ///   - source: a picture of the layout that the weights were made for.
  ///   - target: the result, of which other rows may be made at the same time.
  @unsafe func run(rows: Range<Int>, from source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) {
    let planes = layout.channels.count
    let resultWidth = across.counts.count
    let read = SampleLines(Self.atOnce, planes: planes, floats: width, after: across.taps)
    let mixed = SampleLines(mostOpen(rows), planes: planes, floats: width, after: across.taps)
    let result = SampleLines(1, planes: planes, floats: resultWidth)
    let reading = unsafe LineReading(layout: layout, width: width, pixels: source, isLinear: isLinear)
    let writing = unsafe LineWriting(layout: layout, width: resultWidth, pixels: target, isLinear: isLinear)
    let end = down.samples(under: rows.upperBound - 1).upperBound
    // Rows of the result to which something has been added: from `next` to before `opened`.
    var (next, opened) = (rows.lowerBound, rows.lowerBound)
    // Rows are always read in the same groups, so that each sum is added up in the same order whatever the part.
    var first = down.samples(under: rows.lowerBound).lowerBound / Self.atOnce * Self.atOnce
    while next < rows.upperBound {
      let group = first..<min(first + Self.atOnce, end)
      for row in group { unsafe reading.read(row: row, to: read.line(row - first)) }
      while opened < rows.upperBound, down.samples(under: opened).lowerBound < group.upperBound {
        unsafe mixed.line(opened).base.update(repeating: 0, count: planes * mixed.planeFloats)
        opened += 1
      }
      unsafe add(read, group, to: mixed, next..<opened)
      while next < opened, down.samples(under: next).upperBound <= group.upperBound {
        let line = unsafe mixed.line(next)
        for plane in 0..<planes {
          unsafe craster_across(
            result.line(0).plane(plane), resultWidth, line.plane(plane), across.firsts, across.weights, across.taps)
        }
        unsafe writing.write(result.line(0), row: next)
        next += 1
      }
      first = group.upperBound
    }
  }

  /// The most rows of the result that something is added to at a time.
  private func mostOpen(_ rows: Range<Int>) -> Int {
    var (next, most) = (rows.lowerBound, 1)
    for opened in rows {
      // Nothing of what is read together with its first row lies before this one.
      let first = down.samples(under: opened).lowerBound - Self.atOnce + 1
      while down.samples(under: next).upperBound <= first { next += 1 }
      most = max(most, opened - next + 1)
    }
    return most
  }

  /// Adds the rows of `group`, which have been read, to those of the result at `indices`, as they weigh there.
  @unsafe private func add(
    _ read: borrowing SampleLines, _ group: Range<Int>, to mixed: borrowing SampleLines, _ indices: Range<Int>
  ) {
    // Where fewer rows are left, others have no weight.
    let weights = indices.map { index in
      (0..<Self.atOnce).map { $0 < group.count ? down.weight(of: group.lowerBound + $0, in: index) : 0 }
    }
    let total = layout.channels.count * mixed.planeFloats
    for start in stride(from: 0, to: total, by: Self.block) {
      // All lines have planes of the same length.
      let lines: [UnsafePointer<Float>?] = unsafe (0..<Self.atOnce).map {
        unsafe UnsafePointer(read.line($0).base + start)
      }
      for (index, weights) in zip(indices, weights) {
        unsafe craster_add_lines(mixed.line(index).base + start, lines, weights, min(Self.block, total - start))
      }
    }
  }
}
