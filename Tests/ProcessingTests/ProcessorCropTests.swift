import Processing
import Raster
import Testing

/// Which part of a picture a crop keeps.
@Suite struct ProcessorCropTests {
  @Test(arguments: [
    (Cropping.aspect(AspectRatio(width: 16, height: 9), .center), "100x56 at 0,2"),
    (.aspect(AspectRatio(width: 1, height: 1), .right), "60x60 at 40,0"),
    (.aspect(AspectRatio(width: 999_999, height: 1), .bottom), "100x1 at 0,59"),
    (.aspect(AspectRatio(width: 5, height: 3), .topLeft), "100x60 at 0,0"),
    (.part(width: .pixels(11), height: .rest, .center), "11x60 at 44,0"),
    (.part(width: .percent(50), height: .percent(0.1), .bottomRight), "50x1 at 50,59"),
    (.placed(x: .pixels(90), y: .pixels(0), width: .pixels(10), height: .pixels(60)), "10x60 at 90,0"),
    (.placed(x: .pixels(7), y: .percent(50), width: .rest, height: .rest), "93x30 at 7,30"),
    (.placed(x: .percent(33.3), y: .percent(0), width: .percent(33.3), height: .percent(100)), "34x60 at 33,0"),
    (.placed(x: .percent(99.9), y: .percent(99.9), width: .percent(0.1), height: .rest), "1x1 at 99,59"),
  ])
  func aCropIsThePartThatIsMeant(_ crop: Cropping, _ expected: String) throws {
    let original = try Originals.original(.png, 100, 60)
    var output = try OutputRecipe.test("a.png", .png)
    output.crop = crop
    let (plan, outputs) = try process(original, Recipe(outputs: [output]))
    let image = try decoded(outputs[0].bytes)
    #expect(image.size == outputs[0].planned.size)
    if case .crop(let region)? = plan.steps[0].first {
      #expect(region.description == expected)
      let isEqual = image.equals(try decoded(original).cropped(to: region))
      #expect(isEqual)
    } else {
      #expect(expected == "100x60 at 0,0")
    }
  }

  @Test func aCropThatDoesNotLieInThePictureIsAnError() throws {
    let original = try Originals.product()
    var output = try OutputRecipe.test("a.png", .png)
    for (crop, part) in [
      (Cropping.part(width: .pixels(49), height: .pixels(1), .center), "49x1 at 0,15"),
      (.placed(x: .pixels(29), y: .pixels(0), width: .pixels(20), height: .rest), "20x32 at 29,0"),
      (.placed(x: .pixels(0), y: .pixels(32), width: .rest, height: .rest), "48x1 at 0,32"),
    ] {
      output.crop = crop
      let error = #expect(throws: ProcessingError.self) { try process(original, Recipe(outputs: [output])) }
      #expect(
        error?.description
          == "output \"a.png\" keeps \(part) of a picture that is 48x32: that part does not lie in it; crop less, in "
          + "percent, or to an aspect ratio")
      let expected = Processor.expectedOutputs(
        of: Recipe(outputs: [output]), size: Size(width: 48, height: 32), originals: 1, job: .test())
      #expect(expected.map(\.size) == [nil])
    }
    output.trim = Trim()
    output.crop = .part(width: .pixels(21), height: .pixels(1), .topLeft)
    let part = Region(x: 0, y: 0, size: Size(width: 21, height: 1))
    let error = ProcessingError.cropOutside(template: "a.png", part: part, size: Originals.mug.size, isTrimmed: true)
    #expect(throws: error) { try process(original, Recipe(outputs: [output])) }
  }
}
