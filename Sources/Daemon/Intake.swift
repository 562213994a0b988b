import Catalogue
import Ledger
import Processing
import Requests
import Spool

/// What happens between the inbox and the ledger: which files are taken and when, and what a request becomes.
///
/// A claim is a copy. The request, and each image it names, is read once from one descriptor; both are durable in the
/// spool before the ledger knows the job, and the ledger knows the job before the request's file is removed. A crash in
/// between leaves a folder in the spool that nobody refers to, or a file whose job is known by its identity.
actor Intake {
  /// What one look at the inbox came to.
  struct Look: Sendable {
    var accepted = 0
    /// Files that settle, or requests that wait for an image.
    var waiting = 0
    /// When something may have settled; `nil` when only an event or a scan can tell.
    var nextDue: ContinuousClock.Instant?
  }

  private let executor = BlockingExecutor(name: "intake")
  /// The actor holds its executor for as long as it lives.
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  private let trees: Trees
  private let failed: FailedRequests
  private let acceptance: Acceptance
  private let reader: RequestReader
  private let pipelines: PipelineCatalog
  private let configuration: DaemonConfiguration
  /// With `--once` nothing that is not there yet is waited for.
  private let isOnce: Bool
  private let observe: @Sendable (DaemonEvent) -> Void

  private var settling: Settling
  /// Requests that wait for an image, and those that wait for room to be refused.
  private var imageWaits: [String: ImageWait] = [:]
  /// What was reported already and has not changed since: nothing is said twice. Folders have no identity.
  private var reported: [String: FileIdentity?] = [:]

  private struct ImageWait {
    var since: ContinuousClock.Instant
    /// When to look again.
    var next: ContinuousClock.Instant
  }

  init(
    trees: Trees, failed: FailedRequests, ledger: JobLedger, pipelines: PipelineCatalog,
    catalogue: @escaping @Sendable () -> Catalogue, configuration: DaemonConfiguration, isOnce: Bool,
    observe: @escaping @Sendable (DaemonEvent) -> Void
  ) {
    self.trees = trees
    self.failed = failed
    acceptance = Acceptance(
      trees: trees, ledger: ledger, pipelines: pipelines, limits: configuration.limits, budget: configuration.budget,
      assumptions: configuration.assumptions, catalogue: catalogue)
    reader = RequestReader(pipelines: pipelines)
    self.pipelines = pipelines
    self.configuration = configuration
    self.isOnce = isOnce
    self.observe = observe
    settling = Settling(interval: configuration.settling)
  }

  /// Looks at the whole inbox.
  ///
  /// - Parameters:
  ///   - finished: files whose writers closed them, or that were renamed in.
  ///   - afresh: what was reported before may be mended: it is looked at, and if need be reported, again.
  func scan(finished: Set<String>, afresh: Bool, now: ContinuousClock.Instant) throws -> Look {
    var look = Look()
    let (candidates, obstacles) = try trees.inbox.scan()
    if afresh { reported = [:] }
    for obstacle in obstacles { report(obstacle: obstacle.path, nil, obstacle.description) }
    for candidate in candidates {
      try sight(candidate, told: finished.contains(candidate.relativePath), now: now, &look)
    }
    finish(&look, now: now)
    return look
  }

  /// Looks at what the watch told of, and at what may have settled by now.
  ///
  /// - Parameter finished: files whose writers closed them, or that were renamed in.
  func look(finished: Set<String>, touched: Set<String>, now: ContinuousClock.Instant) throws -> Look {
    var look = Look()
    let due = Set(settling.due(now: now)).union(imageWaits.filter { $0.value.next <= now }.keys)
    // A new mode or owner shows in no identity, and may be just what was asked for.
    for path in finished.union(touched) { reported[path] = nil }
    for path in finished.union(touched).union(due).sorted() {
      guard let candidate = try trees.inbox.candidate(at: path) else {
        forget(path)
        continue
      }
      try sight(candidate, told: finished.contains(path), now: now, &look)
    }
    finish(&look, now: now)
    return look
  }

  private func finish(_ look: inout Look, now: ContinuousClock.Instant) {
    look.waiting = settling.count + imageWaits.count
    look.nextDue = settling.nextDue
    if let next = imageWaits.values.map(\.next).min() { look.nextDue = min(look.nextDue ?? next, next) }
  }

  private func forget(_ path: String) {
    settling.forget(path)
    imageWaits[path] = nil
    reported[path] = nil
  }

  // MARK: One file

  private func sight(
    _ candidate: Candidate, told: Bool, now: ContinuousClock.Instant, _ look: inout Look
  ) throws {
    let path = candidate.relativePath
    guard let kind = RequestFile(path: path) else { return }
    // Material for requests stays where it is, unless its folder's pipeline takes pictures.
    if case .image = kind, !reader.takesPicture(at: path) { return }
    guard reported[path] != .some(candidate.identity) else { return }
    guard candidate.kind == .regular else {
      return report(obstacle: path, candidate.identity, "it is no regular file; put one there")
    }
    let evidence: Settling.Evidence
    if imageWaits[path] != nil {
      evidence = .toldAndRested
    } else {
      let verdict = settling.sighted(path, candidate.identity, told: told, now: now)
      guard case .settled(let found) = verdict else { return }
      evidence = found
    }
    try take(path, kind, evidence: evidence, now: now, &look)
  }

  private func take(
    _ path: String, _ kind: RequestFile, evidence: Settling.Evidence, now: ContinuousClock.Instant, _ look: inout Look
  ) throws {
    let claim: Claim
    do throws(SpoolError) {
      if let obstacle = try trees.inbox.obstacleToRemoving(path) { throw obstacle }
      claim = try trees.inbox.claim(path, limit: max(RequestReader.byteLimit, configuration.limits.bytes))
    } catch  where error.isMissing {
      return forget(path)
    } catch .changedWhileReading {
      return
    } catch {
      // What cannot be read or removed stays, is reported once, and is tried again when it changes.
      settling.forget(path)
      return report(obstacle: path, try? trees.inbox.identity(of: path), error.description)
    }
    let drops = drops(of: claim, kind)
    let mayGrow = !isOnce && evidence != .toldAndRested
    if mayGrow, drops.contains(where: \.mayBeIncomplete) { return settling.incomplete(path) }
    // All of a file's requests are ready before any is accepted or refused.
    let waitsLonger = !isOnce && now < (imageWaits[path]?.since ?? now) + configuration.imageWait
    if waitsLonger, let image = try drops.lazy.compactMap({ try acceptance.missingImage(of: $0) }).first {
      return wait(path, for: image, now: now)
    }
    for (drop, outcome) in zip(drops, try acceptance.accept(drops)) {
      switch outcome {
      case .accepted(let job, let place):
        look.accepted += 1
        observe(.accepted(job: job.description, request: drop.path, place: place))
      case .known: break
      case .refused(let report):
        do {
          try keep(drop, report)
        } catch let error as SpoolError where error.isOutOfRoom {
          // Others' sound requests do not wait for room in the failed folder.
          return wait(path, for: error, now: now)
        }
      }
    }
    _ = try trees.inbox.remove(claim)
    forget(path)
  }

  /// The requests in a file: one, or one a line.
  private func drops(of claim: borrowing Claim, _ kind: RequestFile) -> [Drop] {
    let path = claim.relativePath
    let identity = claim.identity.description
    let changed = Timestamp(claim.changed)
    switch kind {
    case .json, .yaml:
      return [
        Drop(
          path: path, identity: identity, changed: changed, bytes: claim.bytes,
          request: Result { () throws(RequestError) in try reader.read(claim.bytes, path: path) })
      ]
    case .image:
      let request = Result { () throws(RequestError) in try reader.image(at: path) }
      return [Drop(path: path, identity: identity, changed: changed, bytes: claim.bytes, request: request)]
    case .jsonLines:
      let folder = path.split(separator: "/").dropLast()
      // Each line becomes a file of its own, be it in the failed folder.
      return reader.readLines(claim.bytes.span, path: path, numbering: .ofEachLine).map { line in
        Drop(
          path: (folder + ["\(line.name).json"]).joined(separator: "/"), identity: "\(identity)#\(line.line)",
          changed: changed, bytes: Array(claim.bytes[line.range]), request: line.request)
      }
    }
  }

  /// Moves a refused request out of the way, with its reason beside it. The inbox loses it afterwards.
  private func keep(_ drop: Drop, _ report: ErrorReport) throws {
    try failed.keep(drop.bytes, report, path: drop.path, job: nil)
    observe(.refused(request: drop.path, report))
  }

  /// The file is looked at again in a second; it has settled, so that only the image is waited for.
  private func wait(_ path: String, for image: String, now: ContinuousClock.Instant) {
    settling.forget(path)
    if imageWaits[path] == nil { observe(.awaitsImage(request: path, image: image)) }
    imageWaits[path] = ImageWait(since: imageWaits[path]?.since ?? now, next: now + .seconds(1))
  }

  private func wait(_ path: String, for error: SpoolError, now: ContinuousClock.Instant) {
    settling.forget(path)
    if imageWaits[path] == nil { observe(.obstacle(path: path, reason: "it is refused, and stays: \(error)")) }
    imageWaits[path] = ImageWait(since: imageWaits[path]?.since ?? now, next: now + RoomGate.checkInterval)
  }

  private func report(obstacle path: String, _ identity: FileIdentity?, _ reason: String) {
    guard reported[path] != .some(identity) else { return }
    reported[path] = .some(identity)
    observe(.obstacle(path: path, reason: reason))
  }
}
