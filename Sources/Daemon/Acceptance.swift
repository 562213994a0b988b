import Catalogue
import ImageAPI
import Ledger
import Processing
import Requests
import Spool
import Workers

/// From a request to a job: its pictures into the spool, then itself into the ledger.
struct Acceptance: Sendable {
  enum Outcome {
    /// - Parameter reused: the job whose answers it has.
    case accepted(JobID, place: String, reused: JobID?)
    /// It became a job before a crash; only its file was still there.
    case known
    case refused(ErrorReport)
  }

  let trees: Trees
  let ledger: JobLedger
  var pipelines: PipelineCatalog
  let workers: WorkerPool
  let budget: Budget
  let assumptions: PriceAssumptions
  /// The one in use now.
  let catalogue: @Sendable () -> Catalogue

  /// The images that the request names, as paths in the inbox; not itself, where it is one.
  func images(of drop: Drop) -> [String] {
    guard case .success(let request?) = drop.request else { return [] }
    return request.files.filter { $0 != drop.path }
  }

  /// Makes jobs of the requests of some files: after a crash none of them is one, or all are. A request that is refused
  /// does not touch the others.
  ///
  /// - Returns: one outcome each, in order.
  /// - Throws: when the disk or the ledger fails; then nothing was accepted, and the files are still in the inbox.
  func accept(_ drops: [Drop]) throws -> [Outcome] {
    var outcomes: [Outcome?] = []
    var candidates: [Candidate] = []
    // Until the batch is finished, it removes what it made.
    let blobs = trees.spool.beginBatch()
    for drop in drops {
      do {
        let candidate = try candidate(drop, outcome: outcomes.count, blobs)
        if let candidate { candidates.append(candidate) }
        outcomes.append(candidate == nil ? .known : nil)
      } catch let report as ErrorReport {
        outcomes.append(.refused(report))
      }
    }
    try blobs.finish()
    for (candidate, answer) in zip(candidates, try record(candidates)) {
      outcomes[candidate.outcome] = try settle(candidate, answer)
    }
    return outcomes.compactMap(\.self)
  }

  /// A request whose pictures are in the spool.
  private struct Candidate {
    var job: NewJob
    /// Which outcome is its.
    var outcome: Int
  }

  /// - Returns: `nil` for a drop that is a job already.
  /// - Throws: ``ErrorReport`` for a request that is refused.
  private func candidate(_ drop: Drop, outcome: Int, _ blobs: JobBatch) throws -> Candidate? {
    guard let request = try wellFormed(drop.request), try !isKnown(drop) else { return nil }
    guard let pipeline = pipelines[request.pipeline] else {
      throw ErrorReport(
        stage: .request, error: "the pipeline \"\(request.pipeline)\" is gone", field: "pipeline",
        next: "Name one of \(pipelines.names.joined(separator: ", ")).")
    }
    let material = Material(of: request, dropped: drop, in: trees.inbox, workers: workers)
    let received = Timestamp.now()
    let preflight: Preflight
    do throws(ErrorReport) {
      preflight = try Preflight(
        request, catalogue: catalogue(), assumptions: assumptions, fitsInput: pipeline.fitsInput, now: received,
        picture: material.named)
    } catch {
      throw error.placed(in: drop.bytes, file: drop.path)
    }
    try preflight.check(budget)
    try preflight.check(pipeline, limits: workers.limits)
    let id = JobID.next()
    let facts = JobFacts(
      request, input: material.pictures.first?.header.size, models: preflight.steps.map(\.model), job: id.description,
      received: received)
    try checkNames(of: pipeline, facts)
    try checkCommands(of: pipeline, request)
    var job = NewJob(
      id: id, name: request.name, output: request.output, pipeline: request.pipeline, priority: request.priority,
      labels: request.labels, source: drop.path, sourceIdentity: drop.identity,
      collision: CollisionRule(pipeline.collision), model: preflight.steps.first?.model,
      makesCalls: !request.operations.isEmpty, received: received)
    if pipeline.collision == .replace { try checkReplaceable(job.place) }
    var fitting = Fitting(request: request, material: material, workers: workers)
    let operations: [AcceptedOperation]
    let localInput: String?
    do throws(ErrorReport) {
      localInput = try fitting.copyOfSource(isAllowed: pipeline.fitsInput)
      operations = try preflight.steps.enumerated().map { step throws(ErrorReport) in
        try fitting.accepted(
          operation: step.offset, model: step.element.model, answerPixels: step.element.size?.pixelCount)
      }
    } catch {
      throw error.placed(in: drop.bytes, file: drop.path)
    }
    let requestPicture = material[drop.path]?.blob
    let work = AcceptedWork(
      operations: operations,
      localOriginal: request.operation == nil ? material.pictures.first?.blob : nil, localInput: localInput,
      requestPicture: requestPicture, recipe: pipeline.recipe, facts: facts,
      retriesUnknown: pipeline.onUnknown == .retry, fitsInput: pipeline.fitsInput,
      warnings: preflight.warnings + fitting.warnings, after: pipeline.after, texts: request.texts)
    let pictures = material.blobs + fitting.blobs
    job.fingerprint = try Fingerprint.of(work, blobs: pictures)
    job.request = requestPicture == nil ? drop.bytes : nil
    job.work = try work.encoded()
    if pipeline.reusesOriginals, let fingerprint = job.fingerprint {
      job.answers = try answers(toSame: fingerprint, for: id, pictures, blobs)
    }
    if job.answers.isEmpty, !pictures.isEmpty { try blobs.add(id.description, blobs: pictures) }
    return Candidate(job: job, outcome: outcome)
  }

  /// - Returns: what the same request was answered before, its blobs in the job's folder; empty when there is nothing of
  ///   the kind, or it is gone by now.
  private func answers(
    toSame fingerprint: String, for id: JobID, _ own: [(String, [UInt8])], _ blobs: JobBatch
  ) throws -> [Call] {
    let answers = try ledger.answers(toSame: fingerprint)
    guard let earlier = answers.first?.job else { return [] }
    do throws(SpoolError) {
      try blobs.add(id.description, blobs: own, shared: (earlier.description, answers.compactMap(\.body)))
      return answers
    } catch {
      guard error.isMissing else { throw error }
      return []
    }
  }

  private func record(_ candidates: [Candidate]) throws(LedgerError) -> [Ledger.Acceptance] {
    guard !candidates.isEmpty else { return [] }
    do {
      // What cannot be looked at counts as occupied: nothing is overwritten in doubt.
      return try ledger.accept(candidates.map(\.job)) { (try? trees.output.exists($0)) ?? true }
    } catch {
      // After another error nobody knows whether it was committed. A folder too many is removed at the next start.
      if error.mayPass {
        for candidate in candidates { try? trees.spool.removeJob(candidate.job.id.description) }
      }
      throw error
    }
  }

  private func wellFormed(_ request: Result<Request?, RequestError>) throws(ErrorReport) -> Request? {
    do {
      return try request.get()
    } catch {
      throw ErrorReport(error)
    }
  }

  /// What cannot be replaced is better known before anything is paid for.
  private func checkReplaceable(_ place: String) throws {
    switch try trees.output.occupant(of: place) {
    case .nothing: return
    case .other:
      throw ErrorReport(
        stage: .request, error: "the place \(place) holds something that is no directory", field: "name",
        next: "Move it away, or give the request another name.")
    case .directory:
      guard !trees.output.capabilities.exchange else { return }
      throw ErrorReport(
        stage: .request,
        error: "the place \(place) is taken, and the output tree's file system cannot exchange directories "
          + "(RENAME_EXCHANGE), which `collision: replace` needs", field: "name",
        next: "Give the request another name, let the pipeline say collision: suffix, or have the output on another "
          + "file system.")
    }
  }

  /// A name that cannot be made is better known before anything is paid for.
  private func checkNames(of pipeline: Pipeline, _ facts: JobFacts) throws(ErrorReport) {
    for output in pipeline.recipe.outputs {
      do {
        try output.file.checkValues(of: facts)
      } catch {
        throw ErrorReport(
          stage: .request, error: "\(error)", next: "Give the request what the name needs, or change the pipeline.")
      }
    }
  }

  /// A command that lacks a value could never run.
  private func checkCommands(of pipeline: Pipeline, _ request: Request) throws(ErrorReport) {
    let place = request.output.isEmpty ? request.name : "\(request.output)/\(request.name)"
    do {
      try Deliveries.check(
        pipeline.after, name: request.name, place: place, pipeline: request.pipeline, labels: request.labels)
    } catch {
      throw ErrorReport(
        stage: .request, error: "\(error)", field: "labels",
        next: "Give the request what the command needs, or change the pipeline.")
    }
  }

  /// A job was made of this very file before a crash. The same file dropped anew came to be after that job: a copy may
  /// keep a file's times and happen to get its inode, but never an older time of change.
  private func isKnown(_ drop: Drop) throws(LedgerError) -> Bool {
    for id in try ledger.jobs(claimedFrom: drop.path, identity: drop.identity)
    where try ledger.job(id).received >= drop.changed { return true }
    return false
  }

  private func settle(_ candidate: Candidate, _ answer: Ledger.Acceptance) throws -> Outcome {
    switch answer {
    case .accepted(let accepted):
      let answer = candidate.job.answers.first
      return .accepted(accepted.id, place: accepted.place, reused: answer.map { $0.reused ?? $0.job })
    case .collision(let collision):
      try trees.spool.removeJob(candidate.job.id.description)
      return .refused(
        ErrorReport(
          stage: .request, error: "\(collision)", field: "name",
          next: "Give the request another name, or let the pipeline say collision: suffix or replace."))
    }
  }
}

/// The folders that the daemon works on.
struct Trees: Sendable {
  let inbox: Inbox
  let spool: SpoolDirectory
  let output: OutputTree

  /// A job's request as it was dropped.
  func request(of job: Job, _ ledger: JobLedger) throws -> [UInt8] {
    if let text = try ledger.request(of: job.id) { return text }
    guard let picture = try ledger.acceptedWork(of: job.id).requestPicture else {
      throw LedgerError.nothingKept(job.id)
    }
    return try spool.read(job: job.id.description, name: picture)
  }
}

extension CollisionRule {
  init(_ collision: Pipeline.Collision) {
    self =
      switch collision {
      case .fail: .fail
      case .suffix: .suffix
      case .replace: .replace
      }
  }
}
