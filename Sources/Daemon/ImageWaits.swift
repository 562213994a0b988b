/// Requests that wait for an image. A value: no clock, no disk.
struct ImageWaits: Sendable {
  typealias Instant = ContinuousClock.Instant

  private struct Wait {
    var image: String
    var since: Instant
    /// When to look again.
    var next: Instant
  }

  private var waits: [String: Wait] = [:]
  /// Which requests wait for an image.
  private var requests: [String: Set<String>] = [:]

  var count: Int { waits.count }

  func contains(_ request: String) -> Bool { waits[request] != nil }
  func image(of request: String) -> String? { waits[request]?.image }
  func since(_ request: String) -> Instant? { waits[request]?.since }

  /// The request waits, from now or from when it began to.
  ///
  /// - Returns: whether that is news: it did not wait before.
  mutating func wait(_ request: String, for image: String, until next: Instant, now: Instant) -> Bool {
    let since = waits[request]?.since
    forget(request)
    waits[request] = Wait(image: image, since: since ?? now, next: next)
    requests[image, default: []].insert(request)
    return since == nil
  }

  mutating func forget(_ request: String) {
    guard let wait = waits.removeValue(forKey: request) else { return }
    requests[wait.image]?.remove(request)
    if requests[wait.image]?.isEmpty ?? false { requests[wait.image] = nil }
  }

  /// The requests that wait for this image, sorted.
  func requests(for image: String) -> [String] { requests[image].map { $0.sorted() } ?? [] }

  /// The requests to look at by now, sorted.
  func due(now: Instant) -> [String] { waits.filter { $0.value.next <= now }.keys.sorted() }

  var nextDue: Instant? { waits.values.map(\.next).min() }
}
