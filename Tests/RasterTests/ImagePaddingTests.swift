import Raster
import Testing

@Suite struct ImagePaddingTests {
  @Test func eachSideGetsItsOwnRoom() throws {
    let image = Image(width: 2, height: 1, .gray8, samples: [1, 2])
    let padded = try image.padded(Padding(top: 1, right: 2, bottom: 0, left: 1), background: .white)
    #expect(padded.size == Size(width: 5, height: 2))
    #expect(padded.layout == .gray8)
    #expect(padded.samples == [255, 255, 255, 255, 255, 255, 1, 2, 255, 255])
  }

  @Test func transparencyGivesAlpha() throws {
    let image = Image(width: 1, height: 1, Layout(.rgb, .sixteen), samples: [1000, 2, 3])
    let padded = try image.padded(Padding(left: 1), background: nil)
    #expect(padded.layout == Layout(.rgba, .sixteen))
    #expect(padded.samples == [0, 0, 0, 0, 1000, 2, 3, 65535])
  }

  @Test func greyInAColouredFrameBecomesRGB() throws {
    let image = Image(width: 1, height: 1, .grayAlpha8, samples: [9, 8])
    let padded = try image.padded(Padding(bottom: 1), background: Color(red: 1, green: 2, blue: 3))
    #expect(padded.layout == .rgba8)
    #expect(padded.samples == [9, 9, 9, 8, 1, 2, 3, 255])
  }

  @Test func whatNoMemoryHoldsIsRefused() throws {
    let image = Image(width: 1, height: 1, .gray8, samples: [0])
    let canvas = Size(width: 1 << 40, height: 1 << 40)
    let error = #expect(throws: RasterError.self) {
      let padded = try image.padded(Padding(right: 1 << 40 - 1, bottom: 1 << 40 - 1), background: nil)
      return padded.size
    }
    #expect(error == .tooLarge(canvas))
  }
}
