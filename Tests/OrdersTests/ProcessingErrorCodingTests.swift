import Codecs
import Foundation
import Metadata
import Processing
import Raster
import Testing

@Suite struct ProcessingErrorCodingTests {
  static let errors: [ProcessingError] = [
    .original(.notAnImage(beginning: [1, 2, 0xFF])), .original(.truncated(.webp)),
    .original(.malformed(.png, reason: "bad \"CRC\" ü\u{1}")),
    .original(.mislabelled(expected: .png, found: nil)), .original(.unsupported(.jpeg, feature: "12 bits")),
    .original(.tooManyPixels(found: Size(width: 70_000, height: 3), limit: 9)),
    .original(.tooManyBytes(found: 8, limit: 7)), .original(.outOfMemory(.webp)),
    .notAsPlanned(expected: Size(width: 1, height: 2), found: Size(width: 3, height: 4)),
    .size(expected: .exact(Size(width: 1, height: 2)), found: Size(width: 3, height: 4)),
    .size(expected: .aspectRatio(AspectRatio(width: 16, height: 9), tolerance: 0.02), found: Size(width: 3, height: 4)),
    .size(expected: .scaled(Size(width: 3, height: 3), factor: 1.1), found: Size(width: 3, height: 4)),
    .size(expected: .range(min: nil, max: Size(width: 3, height: 3)), found: Size(width: 3, height: 4)),
    .flaw(.blank), .flaw(.blurred), .flaw(.violation), .fileName(.empty),
    .fileName(.forbiddenCharacter("\u{202E}", template: "a\u{202E}")),
    .fileName(.unknownPlaceholder("nam", nearest: "name", template: "{nam}")),
    .fileName(.noValue(placeholder: "seed", template: "{seed}")), .nameCollision(name: "a.png"),
    .encodingMismatch(template: "a", format: .jpeg),
    .outputTooLarge(template: "a", size: Size(width: 5, height: 6), limit: 7),
    .metadata(template: "a", .tooLarge(.exif, bytes: 70_000, limit: 65_533, .jpeg)),
    .metadata(template: "a", .malformed(.png, structure: "iCCP", offset: 3, reason: "x")),
    .color(reason: "r"), .input(.color(reason: "r")),
    .resampling(template: "a", .tooLarge(Size(width: 1, height: 2))),
    .encoding(template: "a", .encodingFailed(.webp, reason: "r")),
    .encoding(template: "a", .tooLargeToEncode(.webp, found: Size(width: 20_000, height: 1), limit: 16_383)),
    .readBack(template: "a", .metadata(.icc)), .readBack(template: "a", .format(expected: .png, found: nil)),
    .readBack(template: "a", .unreadable(.truncated(.png))), .readBack(template: "a", .pixels),
    .readBack(template: "a", .surplus(["x", "y"])), .readBack(template: "a", .tag("t", expected: nil, found: "v")),
    .input(.unreadable(.truncated(.png))), .input(.tooFewPixels(found: Size(width: 1, height: 2), minimum: 3)),
    .input(.stillTooManyBytes(size: Size(width: 1, height: 2), found: 4, limit: 3)),
    .input(.profile(.tooManyPieces(.jpeg, limit: 3))),
  ]

  @Test(arguments: errors) func aTravelledErrorIsTheSameInTheSameWords(_ error: ProcessingError) throws {
    let travelled = try JSONDecoder().decode(ProcessingError.self, from: JSONEncoder().encode(error))
    #expect(travelled == error)
    #expect(travelled.description == error.description)
  }

  @Test func aSizeThatNoPictureHasIsNoSize() throws {
    for text in [#"{"width":0,"height":1}"#, #"{"width":1,"height":-1}"#] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(Size.self, from: Data(text.utf8)) }
    }
    #expect(
      try JSONDecoder().decode(Size.self, from: Data(#"{"width":3,"height":1}"#.utf8)) == Size(width: 3, height: 1))
  }
}
