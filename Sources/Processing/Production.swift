import Raster

/// What is to be made for a plan, and by whom it is being made: decided here, done elsewhere.
///
/// Steps that outputs have in common are done once. What comes of them is kept for as long as an output waits for it, and
/// an output that can go on from a kept picture is begun before any other: each thread has at most one branch of pictures
/// open. So there are in memory the original's pixels, and for each thread the pictures of one output's steps, of which
/// only those that others wait for are kept beside the last; and outputs are made side by side only while the largest
/// pictures of each have no more than ``pixelsAtOnce`` pixels together.
///
/// Within that the most expensive is begun first: whoever is left with it at the end keeps all others waiting.
struct Production: Sendable {
  /// An output that somebody is to make now.
  struct Order: Sendable {
    let index: Int
    /// Where to begin: the picture that comes of the steps before ``rest``; `nil` for the original's pixels.
    let start: Picture?
    /// How many of its steps are done.
    let done: Int
  }

  private struct Waiting {
    let index: Int
    let steps: [Step]
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
  private var branches: [[Step]: Branch] = [:]
  private var pixels = 0
  private var made: [Int: Result<FinishedOutput, ProcessingError>] = [:]
  private var isStopped = false

  private let doneBefore: Int
  /// Pixels of the largest picture that each output takes memory for.
  private let largest: [Int]

  /// - Parameters:
  ///   - size: of the picture to begin with.
  ///   - done: steps that all outputs with steps begin with, and that are done: the pixels to begin with are what comes of
  ///     them.
  init(_ outputs: [PlannedOutput], of size: Size, done: Int = 0) {
    doneBefore = done
    largest = outputs.map { $0.largestPicture(of: size, done: done) }
    waiting = outputs.enumerated().map { [largest] index, output in
      let pixels = largest[index]
      switch output.pixels {
      case .kept: return Waiting(index: index, steps: [], pixels: pixels, cost: 0)
      case .turned: return Waiting(index: index, steps: [], pixels: pixels, cost: 5 * Double(pixels))
      case .encoded(let work):
        return Waiting(
          index: index, steps: Array(work.steps.dropFirst(done)), pixels: pixels,
          cost: work.encoding.costPerPixel * Double(output.size.pixelCount ?? .max))
      }
    }
  }

  /// Whether nothing is left to begin.
  var isAllBegun: Bool { isStopped || waiting.isEmpty }

  /// Nothing more is begun.
  mutating func stop() {
    isStopped = true
  }

  /// The output to make next; `nil` while there is none that could be begun.
  mutating func next() -> Order? {
    guard !isStopped else { return nil }
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
    var start: Picture?
    if case .kept(let picture)? = branches[Array(output.steps.prefix(best.done))] { start = picture }
    for count in 1..<output.steps.count + 1 {
      let branch = Array(output.steps.prefix(count))
      if count > best.done { branches[branch] = .inTheMaking } else if !isWanted(branch) { branches[branch] = nil }
    }
    return Order(index: output.index, start: start, done: best.done)
  }

  /// A picture is there that others may wait for.
  mutating func add(_ picture: Picture, after steps: [Step]) {
    branches[steps] = isWanted(steps) && !isStopped ? .kept(picture) : nil
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

  /// How many of the steps lead to a kept picture; `nil` when another thread is on the way there.
  private func done(of steps: [Step]) -> Int? {
    var done = 0
    for count in 1..<steps.count + 1 {
      switch branches[Array(steps.prefix(count))] {
      case .kept?: done = count
      case .inTheMaking?: return nil
      case nil: break
      }
    }
    return done
  }

  private func isWanted(_ branch: [Step]) -> Bool {
    waiting.contains { $0.steps.starts(with: branch) }
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
