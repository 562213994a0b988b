import Raster
import Testing

@testable import Colorimetry

struct SRGBConverterTests {
  /// A value of 8 bits is the nearest but for what tables round, one of 16 bits within an eighth of one of 8.
  @Test(arguments: Reference.all)
  func everyColourIsWhatTheFormulasSay(_ reference: Reference) throws {
    let source = try SourceProfile(reference.profile, channels: reference.channels)
    for layout in reference.layouts {
      let picture = reference.picture(layout)
      let converted = try SRGBConverter(source, layout: layout).converted(picture)
      let (before, after) = (picture.values, converted.values)
      let (colors, stride) = (layout.channels.isGray ? 1 : 3, converted.layout.channels.count)
      let tolerance = layout.depth == .eight ? 0.62 : 0.125
      var worst = 0.0
      for pixel in 0..<reference.count {
        for color in 0..<colors {
          worst = max(worst, abs(after[pixel * stride + color] - reference.expected[pixel * colors + color]))
        }
        if layout.hasAlpha { #expect(after[pixel * stride + colors] == before[pixel * stride + colors]) }
      }
      #expect(worst <= tolerance, "\(layout.words)")
      #expect(converted.layout == (layout == .cmyk8 ? .rgb8 : layout))
    }
  }

  @Test(arguments: Reference.all.filter { $0.channels != .cmyk })
  func inItsOwnMemoryAPictureBecomesTheSame(_ reference: Reference) throws {
    let source = try SourceProfile(reference.profile, channels: reference.channels)
    for layout in reference.layouts {
      let converter = try SRGBConverter(source, layout: layout)
      var picture = reference.picture(layout)
      let converted = converter.converted(picture)
      converter.convert(&picture)
      #expect(picture.values == converted.values)
    }
  }

  @Test(arguments: ["Press", "Scanner"])
  func whatIsRememberedIsWhatWasConverted(_ name: String) throws {
    // More colours than are asked for at once, each three times.
    let reference = Reference.named(name)
    let layout = reference.layouts[0]
    let count = 20_000
    // Knuth's generator: evenly spread keys would never share a place.
    var state: UInt64 = 1
    let once = (0..<count * layout.channels.count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    let converter = try SRGBConverter(SourceProfile(reference.profile, channels: reference.channels), layout: layout)
    func converted(_ samples: [UInt8]) -> [Double] {
      converter.converted(
        Image(size: Size(width: samples.count / layout.channels.count, height: 1), layout: layout, pixels: samples)
      ).values
    }
    let first = converted(once)
    #expect(converted(once + once + once) == first + first + first)
    // The way itself, without a memory: some of the colours share a place in it.
    let source = try SourceProfile(reference.profile, channels: reference.channels)
    let exact = try ExactTransform(
      from: source.profile, layout.channels.count, to: source.target, 3, extra: 0, bytes: 1, source.context)
    var straight = [UInt8](repeating: 0, count: count * 3)
    // Both are the transform's for the length of the call.
    once.withUnsafeBytes { from in
      straight.withUnsafeMutableBytes { to in
        if let from = from.baseAddress, let to = to.baseAddress { exact.convert(from, to: to, count: count) }
      }
    }
    #expect(first == straight.map(Double.init))
  }

  @Test func inkWithoutAProfileLetsThroughWhatEachInkLeaves() {
    let samples: [UInt8] = [0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255, 51, 102, 153, 128, 255, 255, 255, 255, 1, 2, 3, 4]
    let picture = Image(size: Size(width: 6, height: 1), layout: .cmyk8, pixels: samples)
    var expected: [Double] = []
    for pixel in 0..<6 {
      let left = 255 - Double(samples[pixel * 4 + 3])
      for channel in 0..<3 { expected.append(((255 - Double(samples[pixel * 4 + channel])) * left / 255).rounded()) }
    }
    #expect(SRGBConverter(plainInk: ()).converted(picture).values == expected)
  }

  @Test func threadsMayShareAConverter() async throws {
    for name in ["Display P3", "Press", "Scanner"] {
      let reference = Reference.named(name)
      let layout = reference.layouts[0]
      let converter = try SRGBConverter(SourceProfile(reference.profile, channels: reference.channels), layout: layout)
      let expected = converter.converted(reference.picture(layout)).values
      await withTaskGroup { group in
        for _ in 0..<8 {
          group.addTask { converter.converted(reference.picture(layout)).values == expected }
        }
        for await isSame in group { #expect(isSame, "\(name)") }
      }
    }
  }
}
