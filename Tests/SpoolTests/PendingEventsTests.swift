import Testing

@testable import Spool

@Suite struct PendingEventsTests {
  private var pending = PendingEvents(limit: 3)

  @Test mutating func eachEventWaitsOnceInOrder() {
    for event in [FolderWatch.Event.finished("b"), .finished("a"), .finished("b"), .touched("a")] { pending.add(event) }
    #expect(pending.take() == [.finished("b"), .finished("a"), .touched("a")])
    #expect(pending.take() == [])
  }

  // Scenario 3, 16.
  @Test mutating func tooManyEventsBecomeOneOverflow() {
    for number in 0..<100_000 { pending.add(.finished("\(number)")) }
    #expect(pending.take() == [.overflow])
    pending.add(.finished("next"))
    #expect(pending.take() == [.finished("next")])
  }

  // Scenario 15.
  @Test mutating func whatNoScanCanTellOutlivesAnOverflow() {
    let error = SpoolError.system(call: "inotify_add_watch", path: "/inbox/web", errno: 28)
    pending.add(.finished("a"))
    pending.add(.unwatched("web", error))
    pending.add(.overflow)
    pending.add(.finished("b"))
    pending.add(.lost("it was removed or unmounted"))
    #expect(pending.take() == [.unwatched("web", error), .overflow, .lost("it was removed or unmounted")])
  }
}
