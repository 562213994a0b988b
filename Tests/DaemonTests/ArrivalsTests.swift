import Spool
import Testing

@testable import Daemon

@Suite struct ArrivalsTests {
  @Test("paths come out in the order of their arrival, then by name (scenario 16)")
  func orderIsThatOfArrival() {
    var arrivals = Arrivals()
    for (path, seconds) in [("c", 2), ("web/bö", 1), ("a", 2), ("z", -5)] {
      arrivals.append(path, arrived: FileIdentity.Time(seconds: seconds, nanoseconds: 7))
    }
    arrivals.sort()
    var paths: [String] = []
    while let path = arrivals.next() { paths.append(path) }
    #expect(paths == ["z", "web/bö", "a", "c"])
    #expect(arrivals.isEmpty)
  }

  @Test("a list that is full says so (scenario 16)") func listHasALimit() {
    var arrivals = Arrivals()
    for number in 0..<Arrivals.limit {
      #expect(!arrivals.isFull)
      arrivals.append("r\(number)", arrived: FileIdentity.Time(seconds: number, nanoseconds: 0))
    }
    #expect(arrivals.isFull)
  }
}
