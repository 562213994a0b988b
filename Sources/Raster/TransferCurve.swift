/// The curve between stored samples and amounts of light: ``SRGBCurve``, which Display P3 has too, and from which other
/// profiles' curves are not far.
///
/// Both ways are tables, made once. From light to samples a table of 2^16 steps is interpolated; where the curve bends
/// most that is within 1/200 of a step of sixteen bits.
enum TransferCurve {
  private static let steps = 1 << 16
  /// Amounts of light, with the samples' maximum for white, for all samples.
  private static let lightOfEight = (0...255).map { Float(255 * SRGBCurve.light(Double($0) / 255)) }
  private static let lightOfSixteen = (0...65535).map { Float(65535 * SRGBCurve.light(Double($0) / 65535)) }
  /// Samples from 0 to 1 for amounts of light of 0, 1/2^16, … 1, and once more 1.
  private static let samples = (0...steps + 1).map {
    Float(SRGBCurve.sample(Double(min($0, steps)) / Double(steps)))
  }

  /// - Parameter line: holds whole samples of `S`, all of which the table has.
  @unsafe static func toLight<S: Sample>(_ line: UnsafeMutablePointer<Float>, _ columns: Range<Int>, _: S.Type) {
    let table = S.bitWidth == 8 ? lightOfEight : lightOfSixteen
    unsafe table.withUnsafeBufferPointer { table in
      for x in columns { unsafe line[x] = table[Int(line[x])] }
    }
  }

  /// - Parameters:
  ///   - line: holds any amounts of light; what is less than none or more than white is cut.
  ///   - most: white.
  @unsafe static func toSamples(_ line: UnsafeMutablePointer<Float>, _ columns: Range<Int>, most: Float) {
    let share = 1 / most
    // The last step that is looked up is `steps`, and the table goes on for one more.
    unsafe samples.withUnsafeBufferPointer { table in
      for x in columns {
        let place = unsafe max(0, min(line[x] * share, 1)) * Float(steps)
        let step = Int(place)
        unsafe line[x] = (table[step] + (table[step + 1] - table[step]) * (place - Float(step))) * most
      }
    }
  }
}
