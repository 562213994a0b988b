import Testing

@testable import Daemon

@Suite struct SlidingWindowTests {
  private let start = ContinuousClock.now

  private func window(_ seconds: [Int]) -> SlidingWindow {
    var window = SlidingWindow(.seconds(10))
    for second in seconds { window.add(start + .seconds(second)) }
    return window
  }

  @Test func anEventCountsForTheLengthOfTheWindow() {
    var window = window([0, 3])
    #expect(window.count(now: start) == 2)
    #expect(window.count(now: start + .milliseconds(9_999)) == 2)
    #expect(window.count(now: start + .seconds(10)) == 1)
    #expect(window.count(now: start + .seconds(13)) == 0)
  }

  @Test func itSaysWhenFewerWillCount() {
    let window = window([0, 3, 4])
    #expect(window.time(below: 4) == nil)
    #expect(window.time(below: 3) == start + .seconds(10))
    #expect(window.time(below: 2) == start + .seconds(13))
    #expect(window.time(below: 1) == start + .seconds(14))
    #expect(window.time(below: 0) == nil)
    #expect(window.time(below: -3) == nil)
  }

  @Test func eventsMayComeOutOfOrder() {
    var window = window([4, 0, 3])
    #expect(window.time(below: 3) == start + .seconds(10))
    #expect(window.time(below: 1) == start + .seconds(14))
    #expect(window.count(now: start + .seconds(13)) == 1)
  }
}
