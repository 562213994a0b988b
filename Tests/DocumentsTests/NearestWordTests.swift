import Documents
import Testing

@Suite struct NearestWordTests {
  private let keys = ["pipeline", "name", "output", "priority", "labels", "multi-edit", "on-mismatch", "then", "fit"]

  @Test(arguments: [
    ("pipelin", "pipeline"), ("piepline", "pipeline"), ("Name", "name"), ("outputs", "output"), ("lables", "labels"),
    ("multi_edit", "multi-edit"), ("multiEdit", "multi-edit"), ("onMismatch", "on-mismatch"), ("prioritiy", "priority"),
    ("fti", "fit"),
  ])
  func aSlipFindsItsWord(written: String, meant: String) {
    #expect(keys.nearest(to: written) == meant)
  }

  @Test(arguments: ["seed", "", "xyz", "completely-different", String(repeating: "n", count: 100)])
  func whatIsFarFromAllFindsNone(written: String) {
    #expect(keys.nearest(to: written) == nil)
  }
}
