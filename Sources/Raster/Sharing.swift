/// How the parts of a large picture are shared among threads.
public struct Sharing: Sendable {
  /// Does parts until there is none left; `next` hands out their numbers, each once.
  public typealias Work = @Sendable (_ next: () -> Int?) -> Void

  /// How many threads there may be.
  let threads: Int
  private let run: @Sendable (_ count: Int, _ work: @escaping Work) -> Void

  /// - Parameter run: calls `work` on one or more threads, each time with what hands out the numbers below `count`, and
  ///   returns when all calls have.
  public init(threads: Int, _ run: @escaping @Sendable (_ count: Int, _ work: @escaping Work) -> Void) {
    self.threads = threads
    self.run = run
  }

  /// All on this thread.
  public static let alone = Sharing(threads: 1) { count, work in
    var numbers = (0..<count).makeIterator()
    work { numbers.next() }
  }

  public func callAsFunction(_ count: Int, _ work: @escaping Work) {
    run(count, work)
  }
}
