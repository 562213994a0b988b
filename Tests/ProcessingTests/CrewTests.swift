import Foundation
import Testing

@testable import Processing

struct CrewTests {
  @Test func eachNumberIsHandedOutOnce() {
    let taken = Monitor<[Int]>([])
    Crew.sharing(among: 4)(1_000) { next in
      while let number = next() { taken.change { $0.append(number) } }
    }
    #expect(taken.wait { $0 }.sorted() == Array(0..<1_000))
  }

  @Test func soManyThreadsWorkAtOnce() {
    let arrived = DispatchGroup()
    for _ in 0..<3 { arrived.enter() }
    let met = Monitor<[Bool]>([])
    Crew.sharing(among: 3)(100) { next in
      arrived.leave()
      // Each waits for the others: one after the other they would wait in vain.
      let isMet = arrived.wait(timeout: .now() + 20) == .success
      met.change { $0.append(isMet) }
      while next() != nil {}
    }
    #expect(met.wait { $0 } == [true, true, true])
  }

  @Test(arguments: [(0, 4, 1), (1, 4, 1), (2, 4, 2), (9, 1, 1)])
  func nobodyIsCalledForNothing(_ count: Int, _ threads: Int, _ calls: Int) {
    let called = Monitor(0)
    Crew.sharing(among: threads)(count) { next in
      called.change { $0 += 1 }
      while next() != nil {}
    }
    #expect(called.wait { $0 } == calls)
  }
}
