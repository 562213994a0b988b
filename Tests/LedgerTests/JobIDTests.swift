import Testing

@testable import Ledger

@Suite struct JobIDTests {
  /// RFC 9562, appendix A.6: 2022-02-22 19:22:22 UTC, rand_a CC3, rand_b 18C4DC0C0C07398F.
  @Test func textIsTheRFCsExample() throws {
    let id = JobID(unixMilliseconds: 0x017F_22E2_79B0, counter: 0xCC3, random: 0x18C4_DC0C_0C07_398F)
    #expect(id.description == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    #expect(JobID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f") == id)
    #expect(id.unixMilliseconds == 0x017F_22E2_79B0)
  }

  @Test(arguments: [
    "", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
    "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
    "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-4cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f",
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "../..",
  ]) func otherTextIsNoID(_ text: String) {
    #expect(JobID(text) == nil)
  }

  // Scenario 38: the clock stands, jumps back by years, and forward.
  @Test func idsOnlyGoUpWhateverTheClockDoes() {
    var sequence = JobIDSequence()
    var random = SystemRandomNumberGenerator()
    let clock: [UInt64] = [5000, 5000, 5001, 100, 0] + Array(repeating: 7, count: 20_000) + [5001, 9000]
    let ids = clock.map { sequence.next(unixMilliseconds: $0, using: &random) }
    #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
    #expect(zip(ids, ids.dropFirst()).allSatisfy { $0.description < $1.description })
    #expect(ids.allSatisfy { JobID($0.description) == $0 })
    #expect(ids.last?.unixMilliseconds == 9000)
  }

  @Test func idsOfManyThreadsAreAllDifferent() async {
    let ids = await withTaskGroup(of: [JobID].self) { group in
      for _ in 0..<8 { group.addTask { (0..<5000).map { _ in JobID.next() } } }
      return await group.reduce(into: [JobID]()) { $0 += $1 }
    }
    #expect(Set(ids).count == 40_000)
  }

  @Test func idsOfNowCarryTheTimeOfNow() {
    let before = Timestamp.now().microseconds / 1000
    let id = JobID.next()
    // Other tests draw from the same sequence, which may run ahead of the clock by a little.
    #expect(Int64(id.unixMilliseconds) >= before)
    #expect(Int64(id.unixMilliseconds) < before + 60_000)
  }
}
