import Testing

@testable import Catalogue

@Suite struct NearestNamesTests {
  @Test(
    arguments: [
      // Slips of the finger, then names with the same words.
      ("nano-bananna-pro", ["nano-banana-pro"]),
      ("Venice_SD35", ["venice-sd35"]),
      ("gpt-image-2-edit", ["gpt-image-2", "qwen-image-2", "gpt-image-1-5"]),
      ("grok-imagine-edit", ["grok-imagine-image", "grok-imagine-image-quality", "grok-imagine-image-2-0"]),
      ("flux-2", ["flux-2-max", "flux-2-pro"]),
      ("fluently-xl", []), ("", []), ("---", []),
    ] as [(String, [String])]) func namesWithASlipOrTheSameWordsAreNear(name: String, near: [String])
  {
    let names = Catalogue.bundled.models.filter { $0.type == .image }.map(\.id)
    #expect(names.nearestNames(to: name, limit: 3) == near)
  }

  @Test func noMoreThanTheLimitAreNamed() {
    let names = ["image-1", "image-2", "image-3", "image-4", "image-big-model"]
    #expect(names.nearestNames(to: "image-5", limit: 3) == ["image-1", "image-2", "image-3"])
    #expect(names.nearestNames(to: "image-model-big-one", limit: 1) == ["image-big-model"])
    #expect(names.nearestNames(to: "big-model-image", limit: 3) == ["image-big-model"])
  }

  @Test func aWordCountsAsOftenAsItStands() {
    #expect(["image-x"].nearestNames(to: "image-image-image", limit: 3) == [])
  }
}
