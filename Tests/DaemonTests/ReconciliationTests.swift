import ImageAPI
import Money
import Testing

@testable import Daemon
@testable import Ledger

@Suite struct ReconciliationTests {
  private static let start: Int64 = 1_700_000_000

  private func at(_ seconds: Double) -> Timestamp {
    Timestamp(microseconds: Self.start * 1_000_000 + Int64(seconds * 1_000_000))
  }

  private func entry(
    _ seconds: Double, _ amount: String = "-0.01", sku: String = "venice-sd35-image-unit", id: String? = nil
  ) -> UsageHistory.Entry {
    UsageHistory.Entry(
      time: Int(Self.start) * 1000 + Int(seconds * 1000), amount: amount, currency: "USD", sku: sku, requestID: id)
  }

  private func call(
    _ state: Call.State, from start: Double, to end: Double?, id: String? = nil, model: String? = "venice-sd35",
    charged: USD? = nil
  ) -> Call {
    Call(
      job: JobID.next(), ordinal: 1, attempt: 1, step: 1, item: 1, endpoint: "/image/generate", model: model,
      state: state, status: nil, responseID: id, headers: [:], body: nil, started: at(start), finished: end.map(at),
      reserved: USD("0.02"), charged: charged, error: nil, reused: nil)
  }

  private func result(
    _ call: Call, _ entries: [UsageHistory.Entry], answered: [Call] = []
  ) -> Reconciliation {
    Reconciliation(
      call, window: Reconciliation.window(of: call, timeout: .seconds(300), now: at(100_000)),
      history: UsageHistory(entries: entries, isWhole: true), answered: answered)
  }

  @Test func theWindowLeavesRoomForClocksAndForLateCharges() {
    let window = Reconciliation.window(
      of: call(.unknown, from: 0, to: 5000), timeout: .seconds(300), now: at(100_000))
    #expect(window.from == at(-120))
    #expect(window.until == at(900))
    // Not into the future, beyond what clocks may differ.
    #expect(
      Reconciliation.window(of: call(.unknown, from: 0, to: 5), timeout: .seconds(300), now: at(10)).until == at(130))
  }

  @Test func aChargeThatNoAnswerExplainsMayBeTheCalls() {
    let unknown = call(.unknown, from: 0, to: 1)
    let found = result(unknown, [entry(0.5, id: "gen-1")])
    #expect(found.finding == .charge)
    #expect(
      found.words == "the call may have been charged: 0.01 USD for venice-sd35-image-unit at 2023-11-14T22:13:20Z "
        + "(request gen-1). No kept answer explains that charge")
  }

  @Test func noChargeMeansMostLikelyNotCharged() {
    let found = result(call(.unknown, from: 0, to: 1), [])
    #expect(found.finding == .none)
    #expect(
      found.words == "no charge between 2023-11-14T22:11:20Z and 2023-11-14T22:28:20Z: it was most likely not charged")
  }

  @Test func chargesOfAnsweredCallsAreExplainedByTheirIDs() {
    let unknown = call(.unknown, from: 0, to: 1)
    let answered = call(.responded, from: 0, to: 2, id: "gen-2")
    #expect(result(unknown, [entry(1, id: "gen-2")], answered: [answered]).finding == .none)
    #expect(result(unknown, [entry(1, id: "gen-2"), entry(1, id: "gen-1")], answered: [answered]).finding == .charge)
  }

  /// The vendor's ids are others than the answers', or null: each answer explains one charge, and no more.
  @Test func withoutCommonIDsEachAnswerExplainsOneCharge() {
    let unknown = call(.unknown, from: 0, to: 1)
    let answered = [call(.responded, from: 0, to: 1, id: "a"), call(.responded, from: 0.2, to: 1.4, id: "b")]
    #expect(result(unknown, [entry(1), entry(1.4)], answered: answered).finding == .none)
    #expect(result(unknown, [entry(1), entry(1.4), entry(1.1)], answered: answered).finding == .charge)
    // An answer of another model explains nothing.
    let other = [call(.responded, from: 0, to: 1, id: "a", model: "flux")]
    #expect(result(unknown, [entry(1)], answered: other).finding == .charge)
  }

  @Test func whatCostsMoreThanWasSetAsideAndWhatIsNoChargeDoesNotFit() {
    let unknown = call(.unknown, from: 0, to: 1)
    #expect(result(unknown, [entry(1, "-0.03"), entry(1, "5"), entry(1, "0")]).finding == .none)
    #expect(result(unknown, [entry(1, "-2e-2")]).finding == .charge)
  }

  /// How a product is named after its model is not documented: saying "not charged" in error would lead to paying twice.
  @Test func aChargeUnderAnotherNameIsShownAsWell() {
    let found = result(call(.unknown, from: 0, to: 1), [entry(1, sku: "stable-diffusion-3.5-unit")])
    #expect(found.finding == .otherCharges)
    #expect(found.words.contains("stable-diffusion-3.5-unit"))
  }

  @Test func aCallWithoutAModelTakesAnyProduct() {
    #expect(result(call(.unknown, from: 0, to: 1, model: nil), [entry(1, sku: "upscaler-unit")]).finding == .charge)
  }
}
