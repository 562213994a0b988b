import Foundation
import Raster
import Testing

@testable import Sandbox

@Suite struct SceneTests {
  private func pixels(_ subject: String, _ seed: Int, _ width: Int = 96, _ height: Int = 64) -> Data {
    let image = Scene(subject: subject, seed: seed).drawn(Size(width: width, height: height))
    return image.withPixels { span in Data(span.indices.map { span[$0] }) }
  }

  @Test func theSameTextSeedAndSizeGiveTheSamePixels() {
    #expect(pixels("a canal", 7) == pixels("a canal", 7))
  }

  @Test func anotherTextOrSeedGivesAnotherPicture() {
    let pictures = [pixels("a canal", 7), pixels("a canal", 8), pixels("a canal", -7), pixels("a channel", 7)]
    #expect(Set(pictures).count == pictures.count)
  }

  @Test(arguments: [(1, 1), (1, 300), (300, 1), (7, 5), (1280, 720), (1800, 1800)])
  func everySizeIsFilledExactly(width: Int, height: Int) {
    let image = Scene(subject: "a canal by the city at night", seed: 1).drawn(Size(width: width, height: height))
    #expect(image.size == Size(width: width, height: height))
    #expect(image.layout == .rgb8)
  }

  /// A picture of one colour would be taken for a blank one.
  @Test(arguments: 0..<30)
  func noPictureIsBlank(seed: Int) {
    let all = pixels("something", seed)
    #expect(Set(all).count > 40)
  }

  @Test func wordsChooseWhatIsInThePicture() {
    #expect(Scene(subject: "A serene canal in Venice at sunset", seed: 0).waterline != nil)
    #expect(Scene(subject: "a forest", seed: 3).ridges.last?.kind == .firs)
    #expect(Scene(subject: "a moonlit bridge", seed: 3).palette.isNight)
    #expect(Scene(subject: "desert dunes", seed: 3).palette == .desert)
  }
}
