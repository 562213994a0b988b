import Testing

@testable import Raster

@Suite struct ImageTrimTests {
  /// Border everywhere but for a block.
  private func picture(
    _ layout: Layout, border: [Int], content: [Int],
    in block: Region = Region(x: 3, y: 2, size: Size(width: 4, height: 5))
  ) -> Image {
    var samples: [Int] = []
    for y in 0..<10 {
      for x in 0..<12 {
        let isInside =
          x >= block.x && x < block.x + block.size.width && y >= block.y && y < block.y + block.size.height
        samples += isInside ? content : border
      }
    }
    return Image(width: 12, height: 10, layout, samples: samples)
  }

  private let block = Region(x: 3, y: 2, size: Size(width: 4, height: 5))

  @Test(arguments: [
    (Layout.gray8, [10], [30]), (.grayAlpha8, [10, 255], [10, 200]), (.rgb8, [255, 255, 255], [255, 240, 255]),
    (.rgba8, [9, 9, 9, 0], [200, 200, 200, 12]), (Layout(.gray, .sixteen), [100], [100 + 11 * 257]),
    (Layout(.grayAlpha, .sixteen), [500, 0], [0, 65535]), (Layout(.rgb, .sixteen), [0, 0, 0], [0, 0, 2571]),
    (Layout(.rgba, .sixteen), [0, 0, 0, 65535], [0, 0, 0, 60000]),
  ])
  func aBorderIsCutOnAllSides(layout: Layout, border: [Int], content: [Int]) {
    #expect(picture(layout, border: border, content: content).region(leftBy: Trim()) == block)
    #expect(picture(layout, border: border, content: border).region(leftBy: Trim()) == nil)
  }

  @Test func aPictureIsLookedThroughOnceForEachBorder() {
    let trims = [
      Trim(), Trim(margin: 1), Trim(tolerance: 0, margin: 9), Trim(margin: 200), Trim(color: .white),
      Trim(tolerance: 0),
    ]
    var asked: [Trim] = []
    let whole = Size(width: 12, height: 10)
    let regions = trims.regions(of: whole) { border in
      asked.append(border)
      return border.color == nil ? block : nil
    }
    #expect(asked == [Trim(), Trim(tolerance: 0), Trim(color: .white)])
    let wider = Region(x: 2, y: 1, size: Size(width: 6, height: 7))
    #expect(regions == [block, wider, Region(whole: whole), Region(whole: whole), nil, block])
    let image = picture(.gray8, border: [10], content: [30])
    #expect(
      image.regions(leftBy: trims.filter { $0.color == nil }) == [
        block, wider, Region(whole: whole), Region(whole: whole), block,
      ])
  }

  @Test func theToleranceIsTheLastDifferenceThatIsBorder() {
    let image = picture(.rgb8, border: [100, 100, 100], content: [100, 107, 100])
    #expect(image.region(leftBy: Trim(tolerance: 6)) == block)
    #expect(image.region(leftBy: Trim(tolerance: 7)) == nil)
    let exact = picture(.gray8, border: [100], content: [101])
    #expect(exact.region(leftBy: Trim(tolerance: 0)) == block)
    let deep = picture(Layout(.gray, .sixteen), border: [0], content: [7 * 257 + 1])
    #expect(deep.region(leftBy: Trim(tolerance: 7)) == block)
    #expect(deep.region(leftBy: Trim(tolerance: 8)) == nil)
  }

  @Test func coloursBehindTransparencyAreNoContent() {
    let image = picture(.rgba8, border: [0, 0, 0, 0], content: [255, 255, 255, 0])
    #expect(image.region(leftBy: Trim(tolerance: 0)) == nil)
  }

  @Test func aNamedColourIsTheBorderWhateverIsInTheCorner() {
    var samples = Array(repeating: [255, 255, 255], count: 5 * 4)
    samples[0] = [0, 0, 0]
    samples[2 * 5 + 3] = [10, 20, 30]
    let image = Image(width: 5, height: 4, .rgb8, samples: samples.flatMap { $0 })
    #expect(image.region(leftBy: Trim(color: .white)) == Region(x: 0, y: 0, size: Size(width: 4, height: 3)))
    // The corner's own black is everywhere but there.
    #expect(image.region(leftBy: Trim(tolerance: 0)) == Region(whole: Size(width: 5, height: 4)))
    let cutOut = picture(.rgba8, border: [255, 255, 255, 255], content: [255, 255, 255, 0])
    #expect(cutOut.region(leftBy: Trim(color: .white)) == block)
  }

  @Test func aMarginStaysWhereThereIsAsMuch() {
    let image = picture(.gray8, border: [0], content: [255])
    #expect(image.region(leftBy: Trim(margin: 2)) == Region(x: 1, y: 0, size: Size(width: 8, height: 9)))
    #expect(image.region(leftBy: Trim(margin: 99)) == Region(whole: Size(width: 12, height: 10)))
  }

  @Test func aPixelInAnyCornerIsContent() {
    for (x, y) in [(11, 0), (0, 9), (11, 9), (5, 0), (0, 5), (11, 5), (5, 9)] {
      let spot = Region(x: x, y: y, size: Size(width: 1, height: 1))
      #expect(picture(.gray8, border: [0], content: [255], in: spot).region(leftBy: Trim()) == spot)
    }
    let one = Image(width: 1, height: 1, .rgb8, samples: [1, 2, 3])
    #expect(one.region(leftBy: Trim()) == nil)
    #expect(one.region(leftBy: Trim(color: .white)) == Region(whole: one.size))
  }

  @Test(arguments: ImageResizeTests.layouts)
  func aCropHasExactlyThePixelsInside(_ layout: Layout) {
    let image = Image.noise(width: 9, height: 7, layout)
    let (samples, count) = (image.samples, layout.channels.count)
    for region in [
      Region(whole: image.size), Region(x: 8, y: 6, size: Size(width: 1, height: 1)),
      Region(x: 2, y: 3, size: Size(width: 5, height: 2)),
    ] {
      var expected: [Int] = []
      for y in region.y..<region.y + region.size.height {
        let start = (y * 9 + region.x) * count
        expected += samples[start..<start + region.size.width * count]
      }
      let cropped = image.cropped(to: region)
      #expect(cropped.size == region.size && cropped.layout == layout)
      #expect(cropped.samples == expected)
    }
  }

  @Test func whatWasCutOffDoesNotBleedIn() throws {
    let image = picture(.rgb8, border: [255, 0, 0], content: [0, 0, 255])
    let geometry = Resize(width: 13, height: 2, fit: .fill, enlarge: true).geometry(for: block.size)
    let samples = try image.cropped(to: block).resized(geometry, background: nil).samples
    #expect(samples == (0..<26).flatMap { _ in [0, 0, 255] })
  }

  @Test func aRegionLiesInAPictureOrItDoesNot() {
    let size = Size(width: 10, height: 20)
    #expect(Region(x: 9, y: 19, size: Size(width: 1, height: 1)).lies(in: size))
    #expect(!Region(x: 9, y: 19, size: Size(width: 2, height: 1)).lies(in: size))
    #expect(!Region(x: 9, y: 19, size: Size(width: 1, height: 2)).lies(in: size))
    #expect(!Region(x: .max, y: 0, size: Size(width: 1, height: 1)).lies(in: size))
    #expect(!Region(x: 0, y: 0, size: Size(width: .max, height: 1)).lies(in: size))
  }
}
