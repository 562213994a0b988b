import Codecs
import ImageAPI
import Ledger
import Metadata
import Processing
import Requests
import Spool

/// From a request to a job: its pictures and itself into the spool, then one line in the ledger.
struct Acceptance: Sendable {
  enum Outcome {
    case accepted(JobID, place: String)
    /// It became a job before a crash; only its file was still there.
    case known
    case refused(ErrorReport)
  }

  let trees: Trees
  let ledger: JobLedger
  let pipelines: PipelineCatalog
  let limits: Limits

  /// The blob that holds the request as it was dropped.
  static let requestBlob = "request"

  /// An image that the request names and that is not in the inbox, yet.
  func missingImage(of drop: Drop) throws(SpoolError) -> String? {
    guard case .success(let request?) = drop.request else { return nil }
    for path in request.files where try trees.inbox.identity(of: path) == nil { return path }
    return nil
  }

  /// - Throws: when the disk or the ledger fails; then nothing was accepted, and the file is still in the inbox.
  func accept(_ drop: Drop) throws -> Outcome {
    let request: Request
    switch drop.request {
    case .failure(let error): return .refused(ErrorReport(error))
    case .success(nil): return .known
    case .success(let found?): request = found
    }
    if try isKnown(drop) { return .known }
    guard request.chain.isEmpty else {
      return .refused(
        ErrorReport(
          stage: .request, error: "the request has further operations (then), which this version does not run",
          field: "then", next: "Make one request of each operation."))
    }
    guard let pipeline = pipelines[request.pipeline] else {
      return .refused(
        ErrorReport(
          stage: .request, error: "the pipeline \"\(request.pipeline)\" is gone", field: "pipeline",
          next: "Name one of \(pipelines.names.joined(separator: ", "))."))
    }
    let material: Material
    do {
      material = try Material(of: request, dropped: drop, in: trees.inbox, limits: limits)
    } catch .missing(let path) {
      return .refused(
        ErrorReport(
          stage: .request, error: "the image \(path) is not in the inbox", field: request.imageField,
          next: "Put it there (paths are relative to the inbox), then drop the request again."))
    } catch .refused(let report) {
      return .refused(report)
    }
    return try record(request, pipeline, material, drop)
  }

  /// A job was made of this very file before a crash. The same file dropped anew came to be after that job: a copy may
  /// keep a file's times and happen to get its inode, but never an older time of change.
  private func isKnown(_ drop: Drop) throws(LedgerError) -> Bool {
    for id in try ledger.jobs(claimedFrom: drop.path, identity: drop.identity)
    where try ledger.job(id).received >= drop.changed { return true }
    return false
  }

  private func record(
    _ request: Request, _ pipeline: Pipeline, _ material: Material, _ drop: Drop
  ) throws -> Outcome {
    let job = JobID.next()
    let received = Timestamp.now()
    let facts = JobFacts(request, material, job: job, received: received)
    do {
      // A name that cannot be made is better known before anything is paid for.
      for output in pipeline.recipe.outputs { try output.file.checkValues(of: facts) }
    } catch {
      return .refused(
        ErrorReport(
          stage: .request, error: "\(error)", next: "Give the request what the name needs, or change the pipeline."))
    }
    let work = AcceptedWork(
      operations: request.operation.map { [AcceptedOperation($0, material: material)] } ?? [],
      localOriginal: request.operation == nil ? material.pictures.first?.blob : nil,
      recipe: pipeline.recipe, facts: facts,
      retriesUnknown: pipeline.onUnknown == .retry, warnings: request.warnings.map(\.description))
    try trees.spool.createJob(
      job.description,
      blobs: [(Self.requestBlob, drop.bytes), (AcceptedWork.blob, try work.encoded())] + material.blobs)
    let new = NewJob(
      id: job, name: request.name, output: request.output, pipeline: request.pipeline, priority: request.priority,
      labels: request.labels, source: drop.path, sourceIdentity: drop.identity,
      collision: CollisionRule(pipeline.collision), model: request.operation?.model, received: received)
    if pipeline.collision == .replace, try trees.output.occupant(of: new.place) == .other {
      try trees.spool.removeJob(job.description)
      return .refused(
        ErrorReport(
          stage: .request, error: "the place \(new.place) holds something that is no directory", field: "name",
          next: "Move it away, or give the request another name."))
    }
    // What cannot be looked at counts as occupied: nothing is overwritten in doubt.
    let isOccupied = { (place: String) in (try? trees.output.exists(place)) ?? true }
    switch try ledger.accept(new, isOccupied: isOccupied) {
    case .accepted(let accepted):
      // A job that waits for another one's place is taken up by the dispatcher when it has it.
      if request.operation == nil, accepted.wait == nil { try ledger.respondWithoutCall(job, at: .now()) }
      return .accepted(job, place: accepted.place)
    case .collision(let collision):
      try trees.spool.removeJob(job.description)
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

extension Request {
  /// The first field that names a picture, for messages.
  fileprivate var imageField: String? {
    switch work {
    case .source: "source"
    case .call(let operation): operation.files.first?.path.joined(separator: ".")
    }
  }
}

extension AcceptedOperation {
  fileprivate init(_ operation: ImageAPI.Operation, material: Material) {
    let pictures = operation.files.compactMap { field -> Picture? in
      guard case .inbox(let path) = field.source, let picture = material[path] else { return nil }
      return Picture(path: field.path, blob: picture.blob, mediaType: picture.header.format.mediaType)
    }
    self.init(operation, pictures: pictures)
  }
}

extension JobFacts {
  fileprivate init(_ request: Request, _ material: Material, job: JobID, received: Timestamp) {
    let operation = request.operation
    let provenance = Provenance(
      source: operation?.provenanceSource ?? .untouched, system: operation.map { Self.system(model: $0.model) },
      prompt: operation?.prompt, parameters: operation?.provenanceParameters ?? [], created: received.description)
    self.init(
      name: request.name, job: job.description, pipeline: request.pipeline, labels: request.labels,
      model: operation?.model, seed: operation?.seed, date: received.day,
      requestedSize: operation?.requestedSize(of: material.pictures.first?.header.size) ?? .unspecified,
      requestedFormat: operation?.requestedImageFormat, provenance: provenance)
  }

  private static func system(model: String?) -> String {
    model.map { "Venice.ai \($0)" } ?? "Venice.ai"
  }
}
