import Raster
import Testing

@Suite struct ImageResizeTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var from: (Int, Int)
    var to: (Int, Int)
    var layout: Layout
    var filter = Filter.lanczos3
    var isLinear = false

    var testDescription: String {
      "\(from.0)x\(from.1) to \(to.0)x\(to.1), \(layout.channels) \(layout.depth.rawValue), \(filter)"
        + (isLinear ? ", linear" : "")
    }
  }

  static let layouts = Layout.Channels.allCases.flatMap { channels in
    Layout.Depth.allCases.map { Layout(channels, $0) }
  }

  static let cases: [Case] =
    layouts.flatMap { layout in
      [
        Case(from: (64, 48), to: (31, 17), layout: layout),
        Case(from: (31, 17), to: (64, 48), layout: layout),
        Case(from: (201, 7), to: (13, 29), layout: layout),
      ]
    }
    + Filter.allCases.flatMap { filter in
      [
        Case(from: (57, 43), to: (20, 15), layout: .rgb8, filter: filter),
        Case(from: (20, 15), to: (57, 43), layout: .rgba8, filter: filter),
        Case(from: (300, 300), to: (7, 7), layout: .gray8, filter: filter),
        Case(from: (41, 1), to: (7, 3), layout: Layout(.rgba, .sixteen), filter: filter),
        Case(from: (1, 1), to: (2, 5), layout: Layout(.grayAlpha, .sixteen), filter: filter),
        Case(from: (33, 21), to: (20, 30), layout: .rgb8, filter: filter, isLinear: true),
      ]
    }
    + layouts.flatMap { layout in
      [
        Case(from: (64, 48), to: (31, 17), layout: layout, isLinear: true),
        Case(from: (31, 17), to: (64, 48), layout: layout, isLinear: true),
        Case(from: (1, 19), to: (3, 4), layout: layout, isLinear: true),
        Case(from: (1, 1), to: (3, 3), layout: layout, isLinear: true),
      ]
    }
    + [(1, 1), (1, 2), (2, 1), (1, 40), (40, 1), (2, 2), (3, 3), (5, 4)].flatMap { from in
      [(1, 1), (1, 9), (9, 1), (2, 3), (33, 17), (2, 600)].map { to in Case(from: from, to: to, layout: .rgba8) }
    }

  @Test("every sample is within one step of a double-precision reference", arguments: cases)
  func agreesWithTheReference(_ test: Case) throws {
    let image = Image.noise(width: test.from.0, height: test.from.1, test.layout)
    let resize = Resize(width: test.to.0, height: test.to.1, fit: .fill, enlarge: true, filter: test.filter)
    let geometry = resize.geometry(for: image.size)
    let result = try image.resized(geometry, filter: test.filter, isLinear: test.isLinear, background: nil)
    #expect(result.size == Size(width: test.to.0, height: test.to.1))
    #expect(result.layout == test.layout)
    expectClose(result, ReferenceResampling(filter: test.filter, isLinear: test.isLinear).samples(of: image, geometry))
  }

  @Test(arguments: Position.allCases)
  func coverCutsBetweenPixelsWithoutShifting(_ position: Position) throws {
    let image = Image.noise(width: 101, height: 60, .rgb8)
    let geometry = Resize(width: 24, height: 24, fit: .cover, position: position).geometry(for: image.size)
    let result = try image.resized(geometry, background: nil)
    expectClose(result, ReferenceResampling(filter: .lanczos3).samples(of: image, geometry))
  }

  @Test func aRampKeepsItsCenter() throws {
    // A half-pixel shift would move every sample by one step of the ramp.
    let ramp = Image(width: 64, height: 1, .gray8, samples: (0..<64).map { $0 * 4 })
    let geometry = Resize(width: 16, height: 1, fit: .fill).geometry(for: ramp.size)
    let samples = try ramp.resized(geometry, background: nil).samples
    #expect(samples[2...13] == [38, 54, 70, 86, 102, 118, 134, 150, 166, 182, 198, 214])
  }

  @Test(arguments: layouts)
  func aUniformPictureStaysUniform(_ layout: Layout) throws {
    let most = layout.depth == .eight ? 255 : 65535
    let pixel = [most / 3, most, most / 7, most / 2].suffix(layout.channels.count)
    let image = Image(width: 37, height: 23, layout, samples: (0..<37 * 23).flatMap { _ in pixel })
    for resize in [Resize(width: 100), Resize(width: 5), Resize(width: 60, height: 9, fit: .fill)] {
      for filter in Filter.allCases {
        for isLinear in [false, true] {
          var resize = resize
          resize.enlarge = true
          let result = try image.resized(
            resize.geometry(for: image.size), filter: filter, isLinear: isLinear, background: nil)
          let isUniform = result.isUniform
          #expect(isUniform)
          #expect(Array(result.samples.prefix(layout.channels.count)) == Array(pixel))
        }
      }
    }
  }

  /// A line between black and white, which is where sRGB's samples and light differ most.
  @Test func linearLightKeepsTheLightOfALine() throws {
    let image = Image(width: 2, height: 1, .gray8, samples: [0, 255])
    let half = Resize(width: 1, height: 1, fit: .fill).geometry(for: image.size)
    #expect(try image.resized(half, filter: .bilinear, background: nil).samples == [128])
    #expect(try image.resized(half, filter: .bilinear, isLinear: true, background: nil).samples == [188])
  }

  /// Every sample is found again: the tables of the curve are exact enough both ways.
  @Test(arguments: [Layout.gray8, Layout(.gray, .sixteen)])
  func linearLightChangesNoSampleThatIsNotMixed(_ layout: Layout) throws {
    let count = layout.depth == .eight ? 256 : 65536
    let image = Image(width: count / 16, height: 16, layout, samples: Array(0..<count))
    let geometry = Resize(width: count / 16, height: 32, fit: .fill, enlarge: true).geometry(for: image.size)
    let samples = try image.resized(geometry, filter: .nearest, isLinear: true, background: nil).samples
    let expected = (0..<32).flatMap { row in (0..<count / 16).map { row / 2 * (count / 16) + $0 } }
    #expect(samples == expected)
  }

  @Test func hiddenColorsDoNotBleed() throws {
    // Invisible green beside opaque red: the edge is red at any opacity.
    let row = Array(repeating: [255, 0, 0, 255], count: 16) + Array(repeating: [0, 255, 0, 0], count: 16)
    let image = Image(width: 32, height: 4, .rgba8, samples: (0..<4).flatMap { _ in row.flatMap { $0 } })
    let result = try image.resized(Resize(width: 9, height: 3, fit: .fill).geometry(for: image.size), background: nil)
    let samples = result.samples
    for pixel in 0..<27 where samples[pixel * 4 + 3] > 0 {
      #expect(Array(samples[pixel * 4..<pixel * 4 + 3]) == [255, 0, 0])
    }
    #expect(samples[3] == 255)
    #expect(samples[8 * 4 + 3] == 0)
  }

  @Test func croppingWithoutScalingMovesPixelsOnly() throws {
    let image = Image(width: 4, height: 3, .gray8, samples: Array(1...12))
    let geometry = Resize(width: 2, height: 5, fit: .cover, position: .right).geometry(for: image.size)
    #expect(!geometry.resamples)
    #expect(try image.resized(geometry, background: nil).samples == [3, 4, 7, 8, 11, 12])
    let center = Resize(width: 3, height: 2, fit: .cover).geometry(for: Size(width: 4, height: 3))
    #expect(center.scaled == Size(width: 3, height: 2))
  }

  @Test func containPadsWithTheBackground() throws {
    let image = Image(width: 2, height: 1, .rgb8, samples: [1, 2, 3, 4, 5, 6])
    let geometry = Resize(width: 4, height: 3, fit: .contain).geometry(for: image.size)
    let result = try image.resized(geometry, background: Color(red: 7, green: 8, blue: 9))
    let blank = [7, 8, 9]
    #expect(result.layout == .rgb8)
    #expect(
      result.samples
        == (blank + blank + blank + blank) + (blank + [1, 2, 3, 4, 5, 6] + blank) + (blank + blank + blank + blank))
  }

  @Test func containPadsWithTransparency() throws {
    let image = Image(width: 1, height: 1, .rgb8, samples: [1, 2, 3])
    let geometry = Resize(width: 3, height: 1, fit: .contain, position: .right).geometry(for: image.size)
    let result = try image.resized(geometry, background: nil)
    #expect(result.layout == .rgba8)
    #expect(result.samples == [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 255])
  }

  @Test func greyOnAColoredCanvasBecomesRGB() throws {
    let image = Image(width: 1, height: 1, Layout(.grayAlpha, .sixteen), samples: [1000, 2000])
    let geometry = Resize(width: 2, height: 1, fit: .contain, position: .left).geometry(for: image.size)
    let colored = try image.resized(geometry, background: Color(red: 1, green: 2, blue: 3))
    #expect(colored.layout == Layout(.rgba, .sixteen))
    #expect(colored.samples == [1000, 1000, 1000, 2000, 257, 514, 771, 65535])
    let gray = try image.resized(geometry, background: .white)
    #expect(gray.layout == Layout(.grayAlpha, .sixteen))
    #expect(gray.samples == [1000, 2000, 65535, 65535])
  }

  @Test func resizingTheSamePictureTwiceGivesTheSameBytes() throws {
    let image = Image.noise(width: 640, height: 480, .rgb8)
    let geometry = Resize(width: 333).geometry(for: image.size)
    let first = try image.resized(geometry, background: nil).samples
    #expect(try image.resized(geometry, background: nil).samples == first)
  }

  /// Parts meet without a seam, in whatever order they are done, also those of more rows than are mixed at a time.
  @Test(arguments: [(200, 150, 61, 47), (40, 30, 90, 700), (3, 900, 5, 901)])
  func aSharedPictureIsTheSameToTheByte(_ width: Int, _ height: Int, _ newWidth: Int, _ newHeight: Int) throws {
    let image = Image.noise(width: width, height: height, .rgba8)
    let resize = Resize(width: newWidth, height: newHeight, fit: .fill, enlarge: true)
    let geometry = resize.geometry(for: image.size)
    let backwards = Sharing(threads: 5) { count, work in
      #expect(count >= 5)
      var numbers = (0..<count).reversed().makeIterator()
      work { numbers.next() }
    }
    let shared = try image.resized(geometry, background: nil, sharing: backwards).samples
    #expect(try image.resized(geometry, background: nil).samples == shared)
    expectClose(
      try image.resized(geometry, background: nil), ReferenceResampling(filter: .lanczos3).samples(of: image, geometry))
  }

  /// Within half a step for rounding, and a little for single precision.
  private func expectClose(_ image: borrowing Image, _ reference: [Double]) {
    let tolerance = image.layout.depth == .eight ? 0.51 : 1.0
    let samples = image.samples
    #expect(samples.count == reference.count)
    let worst = zip(samples, reference).map { abs(Double($0) - $1) }.max() ?? 0
    #expect(worst <= tolerance)
  }
}
