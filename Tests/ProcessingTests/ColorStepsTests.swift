import Codecs
import Foundation
import Metadata
import Processing
import Raster
import Testing

/// Colours beside the other steps of an output.
struct ColorStepsTests {
  private static let paper: [UInt8] = [0, 0, 0, 0]

  /// Ink is trimmed and cut as the light that it lets through, whatever the border's own ink.
  @Test(arguments: [Color.white, nil]) func inkIsTrimmedAsLight(_ border: Color?) throws {
    let samples = [Self.paper, [255, 0, 0, 0], [0, 255, 0, 0], Self.paper].flatMap(\.self)
    let original = try Colors.inkJPEG(samples, icc: nil)
    var output = try OutputRecipe.test("{width}x{height}.png", .png, color: .srgb)
    output.trim = Trim(color: border)
    output.crop = .placed(x: .pixels(0), y: .pixels(0), width: .percent(50), height: .rest)
    let (plan, outputs) = try process(original, Recipe(outputs: [output]))
    #expect(plan.outputs[0].name.settled == "8x8.png")
    guard case .encoded(let work) = plan.outputs[0].pixels else {
      Issue.record("nothing is encoded")
      return
    }
    #expect(
      work.steps == [
        .color(.plainInk), .trim(to: Region(x: 8, y: 0, size: Size(width: 16, height: 8))),
        .crop(to: Region(x: 0, y: 0, size: Size(width: 8, height: 8))),
      ])
    let picture = try decoded(outputs[0].bytes)
    let (red, green) = (picture.bytes[0], picture.bytes[1])
    // Cyan lets green and blue through.
    #expect(picture.layout == .rgb8 && red <= 3 && green >= 252)
  }

  /// A crop needs the pixels as they are, colours do not.
  @Test func onlyWhatDependsOnSizeKeepsAJPEGWhole() throws {
    let icc = Colors.named("Display P3").icc
    let original = try Originals.original(.jpeg, 400, 300, with: MetadataBlocks(icc: icc))
    var output = try OutputRecipe.test("a.jpg", .jpeg, color: .srgb, resize: Resize(width: 50))
    #expect(try process(original, Recipe(outputs: [output])).plan.scale == .quarter)
    output.crop = .placed(x: .pixels(3), y: .pixels(0), width: .rest, height: .rest)
    let (plan, outputs) = try process(original, Recipe(outputs: [output]))
    #expect(plan.scale == .full)
    #expect(try decoded(outputs[0].bytes).size == Size(width: 50, height: 38))
  }
}
