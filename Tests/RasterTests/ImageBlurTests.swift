import Raster
import Testing

@Suite struct ImageBlurTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var size: (Int, Int)
    var sigma: Double
    var layout: Layout

    var testDescription: String {
      "\(size.0)x\(size.1), sigma \(sigma), \(layout.channels) \(layout.depth.rawValue)"
    }
  }

  static let cases: [Case] =
    ImageResizeTests.layouts.flatMap { layout in
      [(31, 17, 1.5), (40, 50, 9.0), (1, 1, 3), (1, 23, 2), (23, 1, 12)].map { width, height, sigma in
        Case(size: (width, height), sigma: sigma, layout: layout)
      }
    }
    + [0.3, 0.5, 0.75, 1, 2.2, 4, 7.99, 8, 11.9, 12, 16.5, 31, 64, 200].map { sigma in
      Case(size: (67, 45), sigma: sigma, layout: .rgb8)
    }
    + [8, 15.9, 40].map { Case(size: (150, 97), sigma: $0, layout: Layout(.gray, .sixteen)) }
    + [(2, 2), (3, 100), (100, 2), (33, 32), (32, 33)].map { Case(size: $0, sigma: 10, layout: .gray8) }

  /// Rounding is half a step. Of sixteen bits the kernel's missing end and the cubics between places cost some: together
  /// a twentieth of a step of eight bits.
  @Test("every sample is within one step of a double-precision reference", arguments: cases)
  func agreesWithTheReference(_ test: Case) throws {
    let image = Image.noise(width: test.size.0, height: test.size.1, test.layout)
    let blurred = image.blurred(sigma: test.sigma)
    #expect(blurred.size == image.size)
    #expect(blurred.layout == image.layout)
    let tolerance = test.layout.depth == .eight ? 0.56 : 13
    // A colour that hardly shows is as exact as its alpha lets it be.
    let reference = ReferenceBlur(sigma: test.sigma).samples(of: image)
    #expect(blurred.farthest(from: reference) <= tolerance)
  }

  /// The steepest that a picture has, which is hardest on the cubics between the places.
  @Test(arguments: [8.0, 9.5, 12, 17, 33, 100])
  func anEdgeIsBlurredAsExactly(_ sigma: Double) {
    let row = (0..<401).map { $0 < 200 ? 0 : 65535 }
    let image = Image(width: 401, height: 1, Layout(.gray, .sixteen), samples: row)
    let reference = ReferenceBlur(sigma: sigma).samples(of: image)
    #expect(image.blurred(sigma: sigma).farthest(from: reference) <= 13)
  }

  @Test(arguments: ImageResizeTests.layouts)
  func aUniformPictureStaysUniform(_ layout: Layout) {
    let most = layout.depth == .eight ? 255 : 65535
    let pixel = [most / 3, most, most / 7, most / 2].suffix(layout.channels.count)
    let samples = (0..<37 * 23).flatMap { _ in pixel }
    let image = Image(width: 37, height: 23, layout, samples: samples)
    for sigma in [0.3, 1, 7, 8, 50, 1000] { #expect(image.blurred(sigma: sigma).samples == samples, "\(sigma)") }
  }

  @Test func hiddenColorsDoNotBleed() {
    let row = Array(repeating: [255, 0, 0, 255], count: 16) + Array(repeating: [0, 255, 0, 0], count: 16)
    let image = Image(width: 32, height: 4, .rgba8, samples: (0..<4).flatMap { _ in row.flatMap { $0 } })
    let samples = image.blurred(sigma: 2).samples
    for pixel in 0..<32 * 4 where samples[pixel * 4 + 3] > 0 {
      #expect(Array(samples[pixel * 4..<pixel * 4 + 3]) == [255, 0, 0])
    }
    #expect(samples[16 * 4 + 3] > 60 && samples[31 * 4 + 3] == 0)
  }

  @Test func nothingIsShifted() {
    for sigma in [1.0, 8, 20] {
      let row = (0..<201).map { abs($0 - 100) < 30 ? 255 : 0 }
      let samples = Image(width: 201, height: 1, .gray8, samples: row).blurred(sigma: sigma).samples
      #expect(samples == samples.reversed())
    }
  }

  @Test func aLongLineWithAHugeSigmaIsNotDearer() {
    // A kernel of 8,001 pixels for each of 20,000 would be 160 million products for either picture: a minute, without
    // optimisation.
    let clock = ContinuousClock()
    let time = clock.measure {
      for (width, height) in [(1, 20_000), (20_000, 1)] {
        let blurred = Image.noise(width: width, height: height, .gray8).blurred(sigma: 1000)
        #expect(blurred.size == Size(width: width, height: height))
      }
    }
    #expect(time < .seconds(20))
  }
}
