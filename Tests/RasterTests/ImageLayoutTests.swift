import Raster
import Testing

@Suite struct ImageLayoutTests {
  @Test func sixteenBitsRoundToTheNearestEight() {
    let all = Image(width: 65536, height: 1, Layout(.gray, .sixteen), samples: Array(0...65535))
    let expected = (0...65535).map { Int((Double($0) * 255 / 65535).rounded()) }
    #expect(all.converted(to: .gray8).samples == expected)
  }

  @Test func eightBitsBecomeSixteenAndComeBack() {
    let all = Image(width: 64, height: 1, .rgba8, samples: Array(0...255))
    let wide = all.converted(to: Layout(.rgba, .sixteen))
    #expect(wide.samples == (0...255).map { $0 * 257 })
    #expect(wide.converted(to: .rgba8).samples == Array(0...255))
  }

  @Test func greyBecomesRGBByRepetition() {
    let gray = Image(width: 2, height: 1, .grayAlpha8, samples: [9, 100, 200, 255])
    #expect(gray.converted(to: .rgba8).samples == [9, 9, 9, 100, 200, 200, 200, 255])
    let wide = Image(width: 1, height: 1, Layout(.gray, .sixteen), samples: [40_000])
    #expect(wide.converted(to: .rgb8).samples == [156, 156, 156])
  }

  @Test func newAlphaIsOpaque() {
    let rgb = Image(width: 1, height: 1, .rgb8, samples: [1, 2, 3])
    #expect(rgb.converted(to: .rgba8).samples == [1, 2, 3, 255])
    #expect(rgb.converted(to: Layout(.rgba, .sixteen)).samples == [257, 514, 771, 65535])
  }

  @Test func opaqueAlphaMayGo() {
    let image = Image(width: 1, height: 1, Layout(.rgba, .sixteen), samples: [257, 514, 771, 65535])
    #expect(image.converted(to: .rgb8).samples == [1, 2, 3])
  }

  @Test func transparencyIsNeverDropped() async {
    await #expect(processExitsWith: .failure) {
      _ = Image(width: 1, height: 1, .rgba8, samples: [1, 2, 3, 254]).converted(to: .rgb8)
    }
  }

  @Test func rgbBecomesGreyAsJPEGsLumaDoes() {
    let colors = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [77, 77, 77], [255, 255, 255], [10, 200, 30]]
    let image = Image(width: colors.count, height: 1, .rgb8, samples: colors.flatMap { $0 })
    #expect(image.converted(to: .gray8).samples == [76, 150, 29, 77, 255, 124])
  }

  @Test(arguments: [Layout.gray8, .grayAlpha8, .rgb8, .rgba8])
  func uniformMeansEveryPixelIsTheSame(_ layout: Layout) {
    let count = layout.channels.count
    let pixel = Array([9, 8, 7, 6].prefix(count))
    let uniform = (0..<6).flatMap { _ in pixel }
    #expect(isUniform(layout, width: 3, uniform))
    for changed in [0, count * 6 - 1] {
      var samples = uniform
      samples[changed] += 1
      #expect(!isUniform(layout, width: 3, samples))
    }
    #expect(isUniform(layout, width: 1, pixel))
  }

  @Test func opaqueMeansNoPixelShowsThrough() {
    #expect(isOpaque(.rgb8, [0, 0, 0]))
    #expect(isOpaque(.grayAlpha8, [0, 255, 0, 255]))
    #expect(!isOpaque(.grayAlpha8, [0, 255, 0, 254]))
    #expect(isOpaque(Layout(.rgba, .sixteen), [0, 0, 0, 65535]))
    #expect(!isOpaque(Layout(.rgba, .sixteen), [0, 0, 0, 65534]))
    #expect(!isOpaque(Layout(.rgba, .sixteen), [0, 0, 0, 0x00FF]))
  }

  // Macros cannot look into a value that is not copied.
  private func isUniform(_ layout: Layout, width: Int, _ samples: [Int]) -> Bool {
    Image(width: width, height: samples.count / width / layout.channels.count, layout, samples: samples).isUniform
  }

  private func isOpaque(_ layout: Layout, _ samples: [Int]) -> Bool {
    Image(width: samples.count / layout.channels.count, height: 1, layout, samples: samples).isOpaque
  }
}
