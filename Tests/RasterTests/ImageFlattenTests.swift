import Raster
import Testing

@Suite struct ImageFlattenTests {
  @Test func mixesByAlphaAndRounds() {
    // c * a/255 + b * (255-a)/255, rounded to the nearest
    let image = Image(
      width: 4, height: 1, .rgba8,
      samples: [10, 20, 30, 255, 10, 20, 30, 0, 255, 0, 100, 128, 0, 255, 3, 1])
    let flat = image.flattened(onto: Color(red: 200, green: 100, blue: 0))
    #expect(flat.layout == .rgb8)
    #expect(flat.samples == [10, 20, 30, 200, 100, 0, 228, 50, 50, 199, 101, 0])
  }

  @Test func isExactForEveryValueOverWhite() {
    let samples = (0...255).flatMap { value in (0...255).flatMap { alpha in [value, alpha] } }
    let flat = Image(width: 256, height: 256, .grayAlpha8, samples: samples).flattened(onto: .white)
    let expected = stride(from: 0, to: samples.count, by: 2).map { index in
      let (value, alpha) = (Double(samples[index]), Double(samples[index + 1]))
      return Int(((value * alpha + 255 * (255 - alpha)) / 255).rounded())
    }
    #expect(flat.layout == .gray8)
    #expect(flat.samples == expected)
  }

  @Test func greyOverAColorBecomesRGB() {
    let image = Image(width: 1, height: 1, Layout(.grayAlpha, .sixteen), samples: [65535, 0])
    let flat = image.flattened(onto: Color(red: 1, green: 2, blue: 3))
    #expect(flat.layout == Layout(.rgb, .sixteen))
    #expect(flat.samples == [257, 514, 771])
  }

  @Test(arguments: [Layout.gray8, .rgb8, Layout(.gray, .sixteen), Layout(.rgb, .sixteen)])
  func withoutAlphaNothingChanges(_ layout: Layout) {
    let image = Image.noise(width: 5, height: 4, layout)
    let flat = image.flattened(onto: Color(red: 1, green: 2, blue: 3))
    #expect(flat.layout == layout)
    #expect(flat.samples == image.samples)
  }
}
