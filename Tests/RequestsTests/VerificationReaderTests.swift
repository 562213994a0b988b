import Processing
import Raster
import Requests
import Testing

@Suite struct VerificationReaderTests {
  private func rule(_ size: String) throws -> Verification.SizeRule {
    try Fixtures.pipeline("verify: { size: \(size) }\n\(Fixtures.outputs)").recipe.verification.size
  }

  @Test(arguments: [
    ("requested", Verification.SizeRule.requested), ("1024x768", .exact(Size(width: 1024, height: 768))),
    (
      "{ min: 512x512, max: 4096x4096, aspect: \"16:9\", tolerance: 0.05 }",
      .range(
        min: Size(width: 512, height: 512), max: Size(width: 4096, height: 4096),
        aspect: AspectRatio(width: 16, height: 9),
        tolerance: 0.05)
    ),
    ("{ aspect: 1:1 }", .range(min: nil, max: nil, aspect: AspectRatio(width: 1, height: 1), tolerance: 0.02)),
    ("{ min: 1x1, tolerance: 0 }", .range(min: Size(width: 1, height: 1), max: nil, aspect: nil, tolerance: 0)),
  ])
  func aSizeIsRequestedExactOrARange(text: String, expected: Verification.SizeRule) throws {
    #expect(try rule(text) == expected)
  }

  @Test func nothingNeedBeRejected() throws {
    #expect(try Fixtures.pipeline("verify: { reject: [] }\n\(Fixtures.outputs)").recipe.verification.reject == [])
  }

  @Test(arguments: [
    ("size: requestd", 11, "verify.size"), ("size: 0x5", 17, "verify.size"), ("size: 1024x", 17, "verify.size"),
    ("size: [1, 2]", 17, "verify.size"), ("size: {}", 17, "verify.size"), ("size: { mni: 1x1 }", 19, "verify.size.mni"),
    ("size: { min: 9x1, max: 8x8 }", 24, "verify.size.min"), ("size: { aspect: 16/9 }", 27, "verify.size.aspect"),
    ("size: { aspect: 0:9 }", 27, "verify.size.aspect"),
    ("size: { min: 1x1, tolerance: 1 }", 40, "verify.size.tolerance"),
    ("size: { min: 1x1, tolerance: -0.1 }", 40, "verify.size.tolerance"),
    ("size: { min: 1x1, tolerance: small }", 40, "verify.size.tolerance"),
    ("size: { min: 512 }", 24, "verify.size.min"), ("on-mismatch: warn", 24, "verify.on-mismatch"),
    ("reject: [blur]", 20, "verify.reject[0]"), ("reject: blank", 19, "verify.reject"),
    ("read-back: pixels", 22, "verify.read-back"),
  ])
  func aMistakeSaysWhere(text: String, column: Int, key: String) throws {
    let error = try #require(Fixtures.pipelineError("verify: { \(text) }\n\(Fixtures.outputs)"))
    #expect(error.key == key)
    #expect(error.position.line == 1)
    if key != "verify.size" { #expect(error.position.column == column) }
  }
}
