import Catalogue
import Glibc
import Ledger
import Processing
import Requests
import Spool
import Workers

/// What happens between the inbox and the ledger: which files are taken and when, and what a request becomes.
///
/// A claim is a copy. The request, and each image it names, is read once from one descriptor; both are durable in the
/// spool before the ledger knows the job, and the ledger knows the job before the request's file is removed. A crash in
/// between leaves a folder in the spool that nobody refers to, or a file whose job is known by its identity.
///
/// The order is that of arrival: what the watch tells of is taken as it is told, what a round finds by the time of its
/// last change. A request's priority counts from when it was read; with a hundred thousand unread files calls begin while
/// they are being read, so that an urgent one among them overtakes those that are jobs already, and no sooner.
actor Intake {
  /// What one look at the inbox came to.
  struct Look: Sendable {
    /// Files that settle, or requests that wait for an image.
    var waiting = 0
    /// A round goes on: look again at once.
    var isLooking = false
    /// When something may have settled; `nil` when only an event or a round can tell.
    var nextDue: ContinuousClock.Instant?
  }

  private let executor = BlockingExecutor(name: "intake")
  /// The actor holds its executor for as long as it lives.
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  private let trees: Trees
  private let failed: FailedRequests
  private let pipelines: PipelineShelf
  private var edition: Int
  private var acceptance: Acceptance
  private var reader: RequestReader
  private let configuration: DaemonConfiguration
  /// With `--once` nothing that is not there yet is waited for.
  private let isOnce: Bool
  private let observe: @Sendable (DaemonEvent) -> Void

  private var settling: Settling
  private var imageWaits = ImageWaits()
  /// Requests that stay until the failed folder has room for them, and when to try again.
  private var roomWaits: [String: ContinuousClock.Instant] = [:]
  private var obstacles = Obstacles()
  private var batch = IntakeBatch()

  private var rounds: [IntakeRound] = []
  private var roundNumber = 0
  /// Files were left for another round, because so many are waited for already.
  private var leftSome = false
  /// Whether the kernel's word on who writes to a file is all there is to know: nobody else changes the inbox.
  private var isLocal = false

  /// So many files are waited for at once, and as many requests for their images; the others' turn comes when these are
  /// taken.
  private static let mostWaiting = 8192

  init(
    trees: Trees, failed: FailedRequests, ledger: JobLedger, pipelines: PipelineShelf, pool: WorkerPool,
    catalogue: @escaping @Sendable () -> Catalogue, configuration: DaemonConfiguration, isOnce: Bool,
    observe: @escaping @Sendable (DaemonEvent) -> Void
  ) {
    self.trees = trees
    self.failed = failed
    self.pipelines = pipelines
    edition = pipelines.edition
    let catalog = pipelines.current
    acceptance = Acceptance(
      trees: trees, ledger: ledger, pipelines: catalog, workers: pool, budget: configuration.budget,
      assumptions: configuration.assumptions, catalogue: catalogue)
    reader = RequestReader(pipelines: catalog)
    self.configuration = configuration
    self.isOnce = isOnce
    self.observe = observe
    settling = Settling(interval: configuration.settling)
  }

  // MARK: Looking

  /// Begins a round; ``look(_:now:)`` goes on with it. One that is asked for while another one waits is the same.
  ///
  /// - Parameters:
  ///   - folder: a folder of the inbox; `nil` for all of it.
  ///   - isAfresh: what was reported before may be mended: it is tried again.
  ///   - isLocal: nobody changes the inbox without this kernel's seeing it.
  func beginRound(folder: String? = nil, isAfresh: Bool, isLocal: Bool) throws {
    self.isLocal = isLocal
    roundNumber += 1
    guard let round = try round(folder, isAfresh: isAfresh) else { return }
    if folder != nil {
      // A folder that was moved in does not wait for a look at all the rest.
      rounds.insert(round, at: 0)
    } else {
      // The one that is under way may have passed by what this one is for; there is no third.
      if rounds.count(where: { $0.folder == nil }) > 1 { rounds.removeLast() }
      rounds.append(round)
    }
  }

  /// - Returns: `nil` for a folder that is gone again.
  private func round(_ folder: String?, isAfresh: Bool) throws(SpoolError) -> IntakeRound? {
    do {
      return try IntakeRound(trees.inbox, folder: folder, isAfresh: isAfresh, number: roundNumber)
    } catch {
      let isGone = error.isMissing || error.errno == ENOTDIR || error.errno == ELOOP
      if folder != nil, isGone { return nil }
      throw error
    }
  }

  /// Looks at what the watch told of, at what may have settled by now, and goes a step on with a round.
  func look(_ told: News.Told, now: ContinuousClock.Instant) throws -> Look {
    try usePipelines()
    var look = Look()
    for path in told.files + due(told, now: now) {
      guard let candidate = try candidate(at: path) else { continue }
      try sight(candidate, told: told.finished.contains(path), isAfresh: false, now: now, &look)
      if batch.isFull { try settleBatch(now: now, &look) }
    }
    try goOn(now: now, &look)
    try settleBatch(now: now, &look)
    look.waiting = settling.count + imageWaits.count + roomWaits.count
    look.isLooking = !rounds.isEmpty
    look.nextDue = [settling.nextDue, imageWaits.nextDue, roomWaits.values.min()].compactMap(\.self).min()
    return look
  }

  /// Between two looks: what is read by one catalog is accepted by it.
  private func usePipelines() throws {
    let edition = pipelines.edition
    guard edition != self.edition else { return }
    self.edition = edition
    let catalog = pipelines.current
    acceptance.pipelines = catalog
    reader = RequestReader(pipelines: catalog)
    // A folder may take pictures now.
    try beginRound(isAfresh: true, isLocal: isLocal)
  }

  /// Forgets the rounds that are under way: the inbox is not what it was.
  func endRounds() { rounds = [] }

  /// What may have settled, and the requests whose image was told of, without what is looked at anyway.
  private func due(_ told: News.Told, now: ContinuousClock.Instant) -> [String] {
    let waiting = told.files.lazy.flatMap { self.imageWaits.requests(for: $0) }
    let forRoom = roomWaits.filter { $0.value <= now }.keys.sorted()
    let due = settling.due(now: now) + imageWaits.due(now: now) + waiting + forRoom
    guard !due.isEmpty else { return [] }
    var known = Set(told.files)
    return due.filter { known.insert($0).inserted }
  }

  private func goOn(now: ContinuousClock.Instant, _ look: inout Look) throws {
    guard !rounds.isEmpty else { return try lookAgain(now: now) }
    let hasFiles = rounds[0].walkOn(where: mayBeWork)
    for obstacle in rounds[0].newObstacles() { report(obstacle: obstacle.path, nil, obstacle.description) }
    let isAfresh = rounds[0].isAfresh
    while hasFiles, !batch.isFull, let path = rounds[0].next() {
      guard let candidate = try candidate(at: path) else { continue }
      try sight(candidate, told: false, isAfresh: isAfresh, now: now, &look)
    }
    guard rounds[0].isOver else { return }
    let over = rounds.removeFirst()
    guard over.folder == nil else { return }
    obstacles.forgetUnseen(in: over.number)
    for path in settling.undue { _ = try candidate(at: path) }
  }

  /// Begins another round for the files that were left, when those that were waited for are taken.
  private func lookAgain(now: ContinuousClock.Instant) throws {
    guard leftSome, settling.count < Self.mostWaiting / 2 else { return }
    leftSome = false
    try beginRound(isAfresh: false, isLocal: isLocal)
  }

  /// What lies there now. What is gone is forgotten, what may not be looked at is an obstacle.
  private func candidate(at path: String) throws(SpoolError) -> Candidate? {
    do {
      if let candidate = try trees.inbox.candidate(at: path) { return candidate }
      forget(path)
    } catch {
      guard error.isDenied else { throw error }
      stopWaiting(path)
      report(obstacle: path, nil, error.description)
    }
    return nil
  }

  private func forget(_ path: String) {
    stopWaiting(path)
    obstacles.forget(path)
  }

  private func stopWaiting(_ path: String) {
    settling.forget(path)
    imageWaits.forget(path)
    roomWaits[path] = nil
  }

  // MARK: One file

  /// Material for requests stays where it is, unless its folder's pipeline takes pictures.
  private func mayBeWork(_ candidate: Candidate) -> Bool {
    switch RequestFile(path: candidate.relativePath) {
    case nil: false
    case .image: reader.takesPicture(at: candidate.relativePath)
    case .json, .yaml, .jsonLines: true
    }
  }

  private func sight(
    _ candidate: Candidate, told: Bool, isAfresh: Bool, now: ContinuousClock.Instant, _ look: inout Look
  ) throws {
    let path = candidate.relativePath
    guard mayBeWork(candidate), let kind = RequestFile(path: path), !batch.contains(path) else { return }
    let version = Obstacles.Version(candidate)
    if obstacles.isReported(path, version, round: roundNumber), !isAfresh { return }
    guard candidate.kind == .regular else {
      return report(obstacle: path, version, "it is no regular file; put one there")
    }
    if let next = roomWaits[path] {
      guard now >= next else { return }
      return try take(candidate, kind, evidence: .toldAndRested, now: now)
    }
    if imageWaits.contains(path) {
      guard !stillWaits(path, now: now) else { return }
      return try take(candidate, kind, evidence: .toldAndRested, now: now)
    }
    if !told, !settling.contains(path), settling.count >= Self.mostWaiting {
      leftSome = true
      return
    }
    switch settling.sighted(path, candidate.identity, told: told, writers: { writers(of: candidate) }, now: now) {
    case .settled(let evidence): try take(candidate, kind, evidence: evidence, now: now)
    case .waiting: break
    }
  }

  /// Whether somebody has the file open for writing, where the kernel's word is to be trusted. A file with two names may
  /// be about to lose one: it is given its time.
  private func writers(of candidate: Candidate) -> Writers {
    guard isLocal, candidate.links == 1 else { return .unknown }
    return (try? trees.inbox.writers(of: candidate.relativePath)) ?? .unknown
  }

  private func take(
    _ candidate: Candidate, _ kind: RequestFile, evidence: Settling.Evidence, now: ContinuousClock.Instant
  ) throws {
    let path = candidate.relativePath
    let held: IntakeBatch.HeldClaim
    do throws(SpoolError) {
      if let obstacle = try trees.inbox.obstacleToRemoving(path) { throw obstacle }
      held = try IntakeBatch.HeldClaim(
        path, in: trees.inbox, limit: max(RequestReader.byteLimit, configuration.limits.bytes))
    } catch  where error.isMissing {
      return forget(path)
    } catch .changedWhileReading {
      // It is looked at again as what it has become; never a mixture of the two.
      return
    } catch {
      // What cannot be read or removed stays, is reported once, and is tried again when it changes.
      stopWaiting(path)
      return report(obstacle: path, Obstacles.Version(candidate), error.description)
    }
    let drops = reader.drops(of: held.claim, kind)
    let mayGrow = !isOnce && evidence != .toldAndRested
    if mayGrow, drops.contains(where: \.mayBeIncomplete) { return settling.incomplete(path) }
    // All of a file's requests are ready before any is accepted or refused.
    if mayWait(path, now: now), let image = drops.lazy.compactMap({ self.awaitedImage(of: $0) }).first {
      return wait(path, for: image, now: now)
    }
    batch.add(IntakeBatch.File(claim: held, drops: drops))
  }

  // MARK: Images that requests name

  private func mayWait(_ path: String, now: ContinuousClock.Instant) -> Bool {
    !isOnce && now < (imageWaits.since(path) ?? now) + configuration.imageWait
  }

  private func awaitedImage(of drop: Drop) -> String? {
    acceptance.images(of: drop).first { !isThere($0) }
  }

  /// Whether the request's image still is not there; told by a look at the image alone.
  private func stillWaits(_ path: String, now: ContinuousClock.Instant) -> Bool {
    guard mayWait(path, now: now), let image = imageWaits.image(of: path), !isThere(image) else { return false }
    wait(path, for: image, now: now)
    return true
  }

  /// Whether an image lies there, and nobody is still writing it as far as can be told. Where the kernel does not tell,
  /// its last change has to lie back as long as a file has to rest; a clock that was set back only makes it wait.
  private func isThere(_ image: String) -> Bool {
    let found: Candidate?
    do {
      found = try trees.inbox.candidate(at: image)
    } catch {
      // Whoever reads it says what is wrong.
      return true
    }
    guard let candidate = found else { return false }
    guard candidate.kind == .regular else { return true }
    switch writers(of: candidate) {
    case .none: return true
    case .some: return false
    case .unknown: return Timestamp(candidate.changed) + configuration.settling <= .now()
    }
  }

  /// The image is looked for again in a second; the file has settled, so that only the image is waited for.
  private func wait(_ path: String, for image: String, now: ContinuousClock.Instant) {
    guard imageWaits.contains(path) || imageWaits.count < Self.mostWaiting else {
      leftSome = true
      return
    }
    settling.forget(path)
    let end = (imageWaits.since(path) ?? now) + configuration.imageWait
    if imageWaits.wait(path, for: image, until: min(now + .seconds(1), end), now: now) {
      observe(.awaitsImage(request: path, image: image))
    }
  }

  // MARK: The batch

  /// Makes jobs of what was read: durable in the spool, then in the ledger, then the files are removed.
  private func settleBatch(now: ContinuousClock.Instant, _ look: inout Look) throws {
    guard !batch.isEmpty else { return }
    let files = batch.files
    batch = IntakeBatch()
    var outcomes = try acceptance.accept(files.flatMap(\.drops))[...]
    for file in files {
      let ofFile = outcomes.prefix(file.drops.count)
      outcomes = outcomes.dropFirst(file.drops.count)
      do {
        for (drop, outcome) in zip(file.drops, ofFile) { try settle(drop, outcome, &look) }
      } catch let error as SpoolError where error.isOutOfRoom {
        // Others' sound requests do not wait for room in the failed folder.
        wait(file.claim.claim.relativePath, for: error, now: now)
        continue
      }
      try remove(file.claim)
    }
  }

  private func settle(_ drop: Drop, _ outcome: Acceptance.Outcome, _ look: inout Look) throws {
    switch outcome {
    case .accepted(let job, let place, let reused):
      observe(.accepted(job: job.description, request: drop.path, place: place))
      if let reused { observe(.reused(job: job.description, of: reused.description)) }
    case .known: break
    case .refused(let report): try keep(drop, report)
    }
  }

  private func wait(_ path: String, for error: SpoolError, now: ContinuousClock.Instant) {
    let isNews = roomWaits[path] == nil
    stopWaiting(path)
    roomWaits[path] = now + RoomGate.checkInterval
    if isNews { observe(.obstacle(path: path, reason: "it is refused, and stays: \(error)")) }
  }

  private func remove(_ held: IntakeBatch.HeldClaim) throws {
    let path = held.claim.relativePath
    stopWaiting(path)
    do {
      _ = try trees.inbox.remove(held.claim)
      obstacles.forget(path)
    } catch {
      guard error.isDenied else { throw error }
      // It is a job, and by its identity it does not become another one.
      report(obstacle: path, try trees.inbox.candidate(at: path).map(Obstacles.Version.init), error.description)
    }
  }

  /// Moves a refused request out of the way, with its reason beside it. The inbox loses it afterwards.
  private func keep(_ drop: Drop, _ report: ErrorReport) throws {
    try failed.keep(drop.bytes, report, path: drop.path, job: nil)
    observe(.refused(request: drop.path, report))
  }

  private func report(obstacle path: String, _ version: Obstacles.Version?, _ reason: String) {
    guard obstacles.report(path, version, reason: reason, round: roundNumber) else { return }
    observe(.obstacle(path: path, reason: reason))
  }
}
