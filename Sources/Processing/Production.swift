import Raster

/// What is to be made for a plan, and by whom it is being made: decided here, done elsewhere.
///
/// Steps that outputs have in common are done once. What comes of them is kept for as long as an output waits that will
/// begin with it, and an output that can go on from a kept picture is begun before any other: each thread has at most one
/// branch of pictures open. The original's pixels are what comes of no step, and go like the others. So there are in
/// memory the original's pixels until the last output that begins with them has done its first step, and for each thread
/// the pictures of one output's steps, of which only those that others wait for are kept beside the last; and outputs are
/// made side by side only while the largest pictures of each have no more than ``pixelsAtOnce`` pixels together.
///
/// Within that the most expensive is begun first: whoever is left with it at the end keeps all others waiting.
struct Production: Sendable {
  /// An output that somebody is to make now.
  struct Order: Sendable {
    let index: Int
    /// How many of its steps are done with the picture to begin with.
    let done: Int
  }

  private struct Waiting {
    let index: Int
    /// `nil` for an output that needs no pixels.
    let steps: [Step]?
    let pixels: Int
    let cost: Double
  }

  private enum Branch {
    case inTheMaking
    case kept(Picture)
  }

  /// An encoder takes some ten bytes a pixel beside its picture: outputs are made side by side within a third of a
  /// gigabyte, or one by one.
  static let pixelsAtOnce = 32_000_000

  private var waiting: [Waiting]
  private var branches: [[Step]: Branch]
  /// What outputs begin with that have been ordered, until it is taken.
  private var starts: [Int: Picture] = [:]
  private var pixels = 0
  private var made: [Int: Result<FinishedOutput, ProcessingError>] = [:]

  private let doneBefore: Int
  /// Pixels of the largest picture that each output takes memory for.
  private let largest: [Int]

  /// - Parameters:
  ///   - upright: the picture to begin with, which this value is to be alone in holding.
  ///   - size: of that picture.
  ///   - done: steps that all outputs with steps begin with, and that are done: the pixels to begin with are what comes of
  ///     them.
  ///   - comparesAll: whether outputs that are made without pixels are compared with them.
  init(_ outputs: [PlannedOutput], from upright: Picture, of size: Size, done: Int = 0, comparesAll: Bool = false) {
    doneBefore = done
    branches = [[]: .kept(upright)]
    largest = outputs.map { $0.largestPicture(of: size, done: done) }
    waiting = outputs.enumerated().map { [largest] index, output in
      let pixels = largest[index]
      switch output.pixels {
      case .kept: return Waiting(index: index, steps: comparesAll ? [] : nil, pixels: pixels, cost: 0)
      case .turned:
        return Waiting(index: index, steps: comparesAll ? [] : nil, pixels: pixels, cost: 5 * Double(pixels))
      case .encoded(let work):
        return Waiting(
          index: index, steps: Array(work.steps.dropFirst(done)), pixels: pixels,
          cost: work.encoding.costPerPixel * Double(output.size.pixelCount ?? .max))
      }
    }
    forgetUnwanted()
  }

  /// Whether nothing is left to begin.
  var isAllBegun: Bool { waiting.isEmpty }

  /// Nothing more is begun.
  mutating func stop() {
    waiting = []
    forgetUnwanted()
  }

  /// The output to make next; `nil` while there is none that could be begun.
  mutating func next() -> Order? {
    var best: (place: Int, done: Int)?
    for (place, output) in waiting.enumerated() {
      guard pixels == 0 || output.pixels <= Self.pixelsAtOnce - pixels, let done = done(of: output.steps) else {
        continue
      }
      if let best, (best.done, waiting[best.place].cost) >= (done, output.cost) { continue }
      best = (place, done)
    }
    guard let best else { return nil }
    let output = waiting.remove(at: best.place)
    pixels += output.pixels
    if let steps = output.steps {
      if case .kept(let picture)? = branches[Array(steps.prefix(best.done))] { starts[output.index] = picture }
      for count in best.done..<steps.count { branches[Array(steps.prefix(count + 1))] = .inTheMaking }
      forgetUnwanted()
    }
    return Order(index: output.index, done: best.done)
  }

  /// The picture that an ordered output begins with, once: it is gone when whoever takes it lets go of it, and nobody else
  /// wants it. `nil` for an output that needs no pixels.
  mutating func takeStart(_ order: Order) -> Picture? {
    starts.removeValue(forKey: order.index)
  }

  /// A picture is there that others may wait for.
  mutating func add(_ picture: Picture, after steps: [Step]) {
    branches[steps] = .kept(picture)
    forgetUnwanted()
  }

  /// An output is made, or is known not to be made.
  mutating func finish(_ order: Order, of output: PlannedOutput, _ result: Result<FinishedOutput, ProcessingError>) {
    made[order.index] = result
    pixels -= largest[order.index]
    guard case .encoded(let work) = output.pixels else { return }
    // What failed on the way is not in the making any more.
    let steps = work.steps.dropFirst(doneBefore)
    for count in order.done..<steps.count {
      let branch = Array(steps.prefix(count + 1))
      if case .inTheMaking? = branches[branch] { branches[branch] = nil }
    }
  }

  /// What became of an output, once.
  mutating func take(_ index: Int) -> Result<FinishedOutput, ProcessingError>? {
    made.removeValue(forKey: index)
  }

  /// How many of the steps lead to a kept picture; `nil` when another thread is on the way to a later one.
  private func done(of steps: [Step]?) -> Int? {
    guard let steps else { return 0 }
    var done = 0
    for count in 0..<steps.count + 1 {
      switch branches[Array(steps.prefix(count))] {
      case .kept?: done = count
      case .inTheMaking?: return nil
      case nil: break
      }
    }
    return done
  }

  /// Lets go of the pictures that no output would begin with now. While one is in the making, the one before it stays:
  /// it may fail.
  private mutating func forgetUnwanted() {
    let wanted = Set(waiting.compactMap { $0.steps.map(furthest) })
    for case (let branch, .kept) in branches where !wanted.contains(branch) { branches[branch] = nil }
  }

  /// The steps, of these, to the last kept picture.
  private func furthest(_ steps: [Step]) -> [Step] {
    let count = (0..<steps.count + 1).last { count in
      if case .kept? = branches[Array(steps.prefix(count))] { true } else { false }
    }
    return Array(steps.prefix(count ?? 0))
  }
}

extension PlannedOutput {
  fileprivate func largestPicture(of size: Size, done: Int) -> Int {
    func count(_ size: Size) -> Int { size.pixelCount ?? .max }
    switch pixels {
    case .kept: return 0
    case .turned: return count(self.size)
    case .encoded(let work):
      return work.steps.dropFirst(done).reduce(count(self.size)) { largest, step in
        switch step {
        case .trim(let region), .crop(let region): max(largest, count(region.size))
        case .color: max(largest, count(size))
        // What follows a resize is as large as the output, or smaller.
        case .resize, .blur, .sharpen, .flatten, .pad, .convert: largest
        }
      }
    }
  }
}
