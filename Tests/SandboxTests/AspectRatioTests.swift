import Raster
import Testing

@testable import Sandbox

@Suite struct AspectRatioTests {
  @Test(arguments: AspectRatio.generated, [1024, 1328, 2048, 4096])
  func sizesAreWithinTwoPercentOfTheRatio(ratio: AspectRatio, side: Int) {
    let size = ratio.size(side: side)
    #expect(abs(Double(size.width) / Double(size.height) / ratio.value - 1) < 0.02)
    #expect(size.width.isMultiple(of: 16) && size.height.isMultiple(of: 16))
    #expect(abs(Double(size.width * size.height) / Double(side * side) - 1) < 0.03)
  }

  @Test func squaresAreExact() {
    #expect(AspectRatio(width: 1, height: 1).size(side: 2048) == Size(width: 2048, height: 2048))
  }

  @Test func theNearestRatioIsFound() {
    #expect(AspectRatio.nearest(to: Size(width: 1920, height: 1080), of: AspectRatio.edited).text == "16:9")
    #expect(AspectRatio.nearest(to: Size(width: 1000, height: 1010), of: AspectRatio.edited).text == "1:1")
    #expect(AspectRatio.nearest(to: Size(width: 300, height: 400), of: AspectRatio.edited).text == "3:4")
  }
}
