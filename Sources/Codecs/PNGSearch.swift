import CCodecs
import Raster

/// The search for the smallest way to store a picture: each form, with each compression. At moderate levels a way that
/// takes much longer has to be more than a little smaller.
///
/// Small pictures are compressed in every way, and the smallest is taken. Of larger ones strips from top to bottom
/// stand for the whole: a few, compressed lightly, tell which ways are far behind, and more of them, compressed as the
/// picture will be, tell the best. On photographs the few mostly tell that our own coder is: it gets ahead of what the
/// library can be expected to gain.
struct PNGSearch {
  let size: Size
  let layout: Layout
  let level: Int

  /// How much of a picture stands for it: at least so many bytes of filtered rows, and such a part.
  private struct Sample {
    let bytes: Int
    let divisor: Int

    static let light = Sample(bytes: 64 << 10, divisor: 64)
    static let thorough = Sample(bytes: 192 << 10, divisor: 24)
    static let strips = 8
  }

  /// A way that makes so many times the bytes of the best, compressed lightly, will not be the best.
  private static let farBehind = 1.2

  /// Our own coder learns from what it has written: on a sample it makes this much more of what it makes of a picture.
  private static let learning = 0.985

  /// What the library makes of filtered rows at a moderate level is seldom less than so much of what it makes of them
  /// lightly.
  private static let gain = 0.97

  /// Below this level the library has to make so much less than our own coder for rows, which takes a quarter of its
  /// time.
  private static let thoroughLevel = 9
  private static let worthItsTime = 0.99

  private struct Way {
    let form: PNGForm
    let compression: PNGCompression

    /// Whether both compress the same bytes. A picture has one form of a colour type.
    func hasRows(of other: Way) -> Bool {
      form.color == other.form.color && compression.filtering == other.compression.filtering
    }
  }

  func smallest(
    of forms: [PNGForm], _ pixels: Span<UInt8>
  ) throws(CodecError) -> (PNGForm, PNGCompression.Stream) {
    var ways = forms.flatMap { form in
      let rowsFit = rowBytes(form) * size.height <= PNG.mostAtOnce
      return PNGCompression.all(for: form, level: level, rowsFit: rowsFit).map { Way(form: form, compression: $0) }
    }
    let whole = [0..<size.height]
    let light = strips(Sample.light, forms)
    if ways.count > 1, light != whole { ways = try promising(ways, pixels, light) }
    guard ways.count > 1 else { return (ways[0].form, try compress(pixels, ways[0], whole, level: level)) }
    let thorough = strips(Sample.thorough, forms)
    var best: (way: Way, stream: PNGCompression.Stream, bytes: Double)?
    for way in ways {
      let stream = try compress(pixels, way, thorough, level: level)
      var bytes = estimate(stream, way, thorough)
      if way.compression.coder == .rows {
        if thorough != whole { bytes *= Self.learning }
        if level < Self.thoroughLevel { bytes *= Self.worthItsTime }
      }
      if bytes < best?.bytes ?? .infinity { best = (way, stream, bytes) }
    }
    guard let best else { preconditionFailure("a picture has at least one way to be stored") }
    let stream = thorough == whole ? best.stream : try compress(pixels, best.way, whole, level: level)
    return (best.way.form, stream)
  }

  /// The ways whose form and filtering are not far behind, whoever compresses; only our own coder where it is ahead.
  private func promising(
    _ ways: [Way], _ pixels: Span<UInt8>, _ ranges: [Range<Int>]
  ) throws(CodecError) -> [Way] {
    var known: [(way: Way, bytes: Double)] = []
    for way in ways {
      if let same = known.last, same.way.hasRows(of: way) {
        known.append((way, same.bytes))
        continue
      }
      let light = Way(form: way.form, compression: way.compression.by(.library))
      let stream = try compress(pixels, light, ranges, level: min(level, 1))
      known.append((way, estimate(stream, way, ranges)))
    }
    let best = known.map(\.bytes).min() ?? 0
    let left = known.filter { $0.bytes <= best * Self.farBehind }
    guard level < Self.thoroughLevel, left.count == 2, left[0].way.hasRows(of: left[1].way),
      let own = left.first(where: { $0.way.compression.coder == .rows })
    else { return left.map(\.way) }
    let stream = try compress(pixels, own.way, ranges, level: level)
    let isAhead = estimate(stream, own.way, ranges) * Self.learning < own.bytes * Self.gain
    return isAhead ? [own.way] : left.map(\.way)
  }

  /// The bytes that all rows come to when those of `ranges` make `stream`.
  private func estimate(_ stream: PNGCompression.Stream, _ way: Way, _ ranges: [Range<Int>]) -> Double {
    let rows = ranges.reduce(0) { $0 + $1.count }
    return Double(stream.bytes.count) * Double(size.height) / Double(rows) + Double(way.form.overhead)
  }

  private func compress(
    _ pixels: Span<UInt8>, _ way: Way, _ ranges: [Range<Int>], level: Int
  ) throws(CodecError) -> PNGCompression.Stream {
    try unsafe way.form.withRows(of: pixels, size, layout) { form throws(CodecError) in
      let rows = try unsafe PNGRows(form, way.compression.filtering)
      return try way.compression.compress(rows, ranges, level: level)
    }
  }

  private func rowBytes(_ form: PNGForm) -> Int {
    codecs_png_row_bytes(form.color, Int32(form.depth), size.width) + 1
  }

  /// Strips of rows that stand for the picture; all of it where that is little.
  private func strips(_ sample: Sample, _ forms: [PNGForm]) -> [Range<Int>] {
    let longest = forms.map(rowBytes).max() ?? 1
    let bytes = max(sample.bytes, longest * size.height / sample.divisor)
    let rows = max(1, bytes / longest / Sample.strips)
    guard rows * Sample.strips < size.height else { return [0..<size.height] }
    return (0..<Sample.strips).map { strip in
      let start = (size.height - rows) * strip / (Sample.strips - 1)
      return start..<start + rows
    }
  }
}
