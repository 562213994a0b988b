import Testing

@testable import Spool

@Suite struct SettlingTests {
  private let start = ContinuousClock.now
  private var settling = Settling(interval: .seconds(1))

  private func version(_ size: Int, seconds: Int = 0, inode: UInt64 = 1) -> FileIdentity {
    FileIdentity(inode: inode, size: size, modified: .init(seconds: seconds, nanoseconds: 0))
  }

  // Scenario 1.
  @Test mutating func closedFileIsTakenAtOnce() {
    #expect(settling.sighted("a", version(5), told: true, now: start) == .settled(.told))
  }

  // Scenario 1.
  @Test mutating func closeAfterManySightsCountsAtOnce() {
    #expect(settling.sighted("a", version(0), now: start) == .waiting(until: start + .seconds(1)))
    #expect(settling.sighted("a", version(9), told: true, now: start + .milliseconds(1)) == .settled(.told))
  }

  // Scenarios 1, 7.
  @Test mutating func untoldFileSettlesWhenItStaysTheSame() {
    #expect(settling.sighted("a", version(5), now: start) == .waiting(until: start + .seconds(1)))
    #expect(
      settling.sighted("a", version(5), now: start + .milliseconds(999)) == .waiting(until: start + .seconds(1)))
    #expect(settling.sighted("a", version(5), now: start + .seconds(1)) == .settled(.rested))
  }

  // Scenarios 1, 2.
  @Test(arguments: [(6, 0, UInt64(1)), (5, 1, 1), (5, 0, 2)])
  mutating func sizeTimeAndInodeEachBeginTheWaitAnew(_ size: Int, _ seconds: Int, _ inode: UInt64) {
    _ = settling.sighted("a", version(5), now: start)
    let later = start + .milliseconds(900)
    let changed = version(size, seconds: seconds, inode: inode)
    #expect(settling.sighted("a", changed, now: later) == .waiting(until: later + .seconds(1)))
    #expect(settling.sighted("a", changed, now: start + .seconds(1)) == .waiting(until: later + .seconds(1)))
    #expect(settling.sighted("a", changed, now: later + .seconds(1)) == .settled(.rested))
  }

  // Scenario 2: ten hours of a byte every half second.
  @Test mutating func slowWriterIsWaitedForWithoutLimit() {
    for halfSecond in 0..<72_000 {
      let now = start + .milliseconds(500 * halfSecond)
      #expect(settling.sighted("a", version(halfSecond), now: now) == .waiting(until: now + .seconds(1)))
    }
  }

  // Scenario 8.
  @Test mutating func oldTimeOfModificationProvesNothing() {
    #expect(settling.sighted("a", version(5, seconds: 0), now: start) == .waiting(until: start + .seconds(1)))
  }

  // Scenarios 1, 2: closed by nobody, and its document ends too early: only a change or a close wakes it.
  @Test mutating func incompleteFileWaitsForAChange() {
    _ = settling.sighted("a", version(5), now: start)
    let rested = start + .seconds(1)
    #expect(settling.sighted("a", version(5), now: rested) == .settled(.rested))
    settling.incomplete("a")
    #expect(settling.sighted("a", version(5), now: rested + .seconds(3600)) == .waiting(until: nil))
    #expect(settling.nextDue == nil)
    let later = rested + .seconds(3601)
    #expect(settling.sighted("a", version(6), now: later) == .waiting(until: later + .seconds(1)))
    #expect(settling.sighted("a", version(6), told: true, now: later) == .settled(.told))
  }

  // Scenario 1: closed, incomplete, and then nothing more comes.
  @Test mutating func incompleteClosedFileGetsOneMoreInterval() {
    #expect(settling.sighted("a", version(5), told: true, now: start) == .settled(.told))
    settling.incomplete("a")
    #expect(settling.sighted("a", version(5), now: start) == .waiting(until: start + .seconds(1)))
    #expect(settling.sighted("a", version(5), now: start + .seconds(1)) == .settled(.toldAndRested))
  }

  @Test mutating func writerThatOpensAgainIsWaitedForAnew() {
    #expect(settling.sighted("a", version(5), told: true, now: start) == .settled(.told))
    settling.incomplete("a")
    #expect(settling.sighted("a", version(9), now: start) == .waiting(until: start + .seconds(1)))
    #expect(settling.sighted("a", version(9), now: start + .seconds(1)) == .settled(.rested))
  }

  @Test mutating func dueTellsWhatToLookAtAndWhen() {
    _ = settling.sighted("b", version(1), now: start)
    _ = settling.sighted("a", version(1), now: start + .milliseconds(300))
    #expect(settling.count == 2)
    #expect(settling.nextDue == start + .seconds(1))
    #expect(settling.due(now: start + .milliseconds(999)) == [])
    #expect(settling.due(now: start + .seconds(1)) == ["b"])
    #expect(settling.due(now: start + .seconds(2)) == ["a", "b"])
    settling.forget("b")
    #expect(settling.nextDue == start + .milliseconds(1300))
    settling.forget("a")
    #expect(settling.nextDue == nil)
  }

  // Scenarios 1, 7: the kernel's word that nobody writes is as good as a close.
  @Test mutating func fileThatNobodyWritesIsTakenAtFirstSight() {
    #expect(settling.sighted("a", version(5), writers: { .none }, now: start) == .settled(.rested))
  }

  // Scenarios 1, 2.
  @Test mutating func fileThatSomebodyHasOpenWaitsForItsCloseHoweverLongItRests() {
    for hours in 0..<48 {
      let now = start + .seconds(3600 * hours)
      #expect(settling.sighted("a", version(5), writers: { .some }, now: now) == .waiting(until: nil))
      #expect(settling.due(now: now) == [])
      #expect(settling.undue == ["a"])
    }
    #expect(settling.sighted("a", version(5), told: true, now: start + .seconds(200_000)) == .settled(.toldAndRested))
  }

  // Scenario 7: nobody writes, and yet something is missing: a close will tell of the rest.
  @Test mutating func partialFileThatNobodyWritesIsNotReadAgainAndAgain() {
    _ = settling.sighted("a", version(5), writers: { .none }, now: start)
    settling.incomplete("a")
    let later = start + .seconds(3600)
    #expect(settling.sighted("a", version(5), writers: { .none }, now: later) == .waiting(until: nil))
    #expect(settling.sighted("a", version(9), told: true, now: later) == .settled(.told))
  }
}
