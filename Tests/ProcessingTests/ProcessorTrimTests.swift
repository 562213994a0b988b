import Codecs
import Foundation
import Processing
import Raster
import Testing

/// What is left of an original without its border, and what is told of it.
@Suite struct ProcessorTrimTests {
  @Test func namesAndSizesAreThoseOfWhatIsLeft() throws {
    var output = try OutputRecipe.test("{width}x{height}.png", .png)
    output.trim = Trim(margin: 1)
    let (plan, outputs) = try process(try Originals.product(), Recipe(outputs: [output]))
    #expect(plan.outputs[0].name.settled == "22x14.png")
    #expect(plan.warnings == [])
    let image = try decoded(outputs[0].bytes)
    let whole = try decoded(try Originals.product())
    let expected = whole.cropped(to: Region(x: 9, y: 5, size: Size(width: 22, height: 14)))
    let isEqual = image.equals(expected)
    #expect(isEqual)
  }

  /// A quarter turn: what is left lies elsewhere in the upright picture.
  @Test func aTrimIsOfTheUprightPicture() throws {
    let original = try Originals.product(turned: .rotated90)
    let report = try surveyed(original, [Trim()])
    #expect(report.size == Size(width: 32, height: 48))
    let left = Region(x: 32 - 6 - 12, y: 10, size: Size(width: 12, height: 20))
    #expect(report.surveys == [OriginalReport.Survey(trim: Trim(), region: left)])
    var output = try OutputRecipe.test("{width}x{height}.png", .png)
    output.trim = Trim()
    let (_, outputs) = try process(original, Recipe(outputs: [output]))
    let image = try decoded(outputs[0].bytes)
    #expect(outputs[0].planned.name.settled == "12x20.png" && image.size == left.size)
    // The block's upper left pixel, turned, is at the upper right.
    #expect(Array(image.bytes[33..<36]) == [200, 10, 6])
  }

  @Test func aSurveyIsMadeOfARecipesTrimsOnly() throws {
    let original = try Originals.product()
    #expect(try Processor.examine(original.span).surveys == [])
    // A cut picture has a header, but no pixels to survey.
    let cut = Array(original.prefix(original.count - 20))
    #expect(try Processor.examine(cut.span).surveys == [])
    #expect(throws: ProcessingError.self) { try surveyed(cut, [Trim()]) }
    let two = try surveyed(original, [Trim(), Trim(margin: 2)])
    #expect(two.surveys.map(\.region?.size.width) == [20, 24])
    let again = try JSONDecoder().decode(OriginalReport.self, from: JSONEncoder().encode(two))
    #expect(again.surveys == two.surveys)
    var outputs = try [0, 0, 2].map { margin in
      var output = try OutputRecipe.test("{sha256:8}.png", .png)
      output.trim = Trim(margin: margin)
      return output
    }
    outputs.append(try .test("b.png", .png))
    #expect(Recipe(outputs: outputs).trims == [Trim(), Trim(margin: 2)])
  }

  @Test func aPictureOfOneColourIsLeftWholeWithAWarning() throws {
    let pixels = [UInt8](repeating: 9, count: 30)
    let original = try PNG.encode(
      Image(size: Size(width: 5, height: 2), layout: .rgb8, pixels: pixels), options: PNG.Options())
    var output = try OutputRecipe.test("{width}x{height}.png", .png)
    output.trim = Trim()
    var other = output
    other.file = try FileNameTemplate("b.png")
    let (plan, outputs) = try process(
      original, Recipe(verification: Verification(reject: []), outputs: [output, other]))
    #expect(plan.warnings == [.nothingLeftByTrim])
    #expect(outputs.map(\.planned.size) == [Size(width: 5, height: 2), Size(width: 5, height: 2)])
  }

  @Test func withoutAnOriginalSizesAreThoseBeforeTrimming() throws {
    var output = try OutputRecipe.test("{width}.png", .png)
    output.trim = Trim()
    let report = OriginalReport.expected(.png, Size(width: 64, height: 48))
    let plan = try Processor.plan(
      Recipe(outputs: [output]), for: report, original: OriginalFacts(), job: .test())
    #expect(plan.outputs[0].size == Size(width: 64, height: 48))
    #expect(plan.warnings == [.trimUnknown])
  }

  @Test func theSizeThatWasAskedForIsThatBeforeTrimming() throws {
    var output = try OutputRecipe.test("{width}.png", .png)
    output.trim = Trim()
    let asked = JobFacts.test(requestedSize: .exact(Size(width: 48, height: 32)))
    #expect(try process(try Originals.product(), Recipe(outputs: [output]), job: asked).outputs.count == 1)
    let left = JobFacts.test(requestedSize: .exact(Originals.mug.size))
    let error = ProcessingError.size(expected: .exact(Originals.mug.size), found: Size(width: 48, height: 32))
    #expect(throws: error) { try process(try Originals.product(), Recipe(outputs: [output]), job: left) }
  }

  @Test func whatSeveralOutputsTrimIsTrimmedOnce() throws {
    let outputs = try [20, 10].map { width in
      var output = try OutputRecipe.test("{width}.png", .png, resize: Resize(width: width))
      output.trim = Trim()
      return output
    }
    let original = try Originals.product()
    let report = try surveyed(original, [Trim()])
    let plan = try Processor.plan(Recipe(outputs: outputs), for: report, original: OriginalFacts(), job: .test())
    let explanation = plan.explanation(of: report)
    #expect(explanation.shared.map(\.steps) == [["trim to 20x12 at 10,6"]])
    #expect(explanation.outputs[1].steps == ["trim to 20x12 at 10,6", "resize to 10x6 (lanczos3)"])
  }
}
