import Codecs
import Crypto
import Documents
import ImageAPI
import Ledger
import Processing
import Raster
import Requests
import Spool
import Workers

/// From kept answers to a published directory: cut the originals, make the outputs, write the manifest, rename.
///
/// Each step may be the last before a crash and is safe to take again: originals are cut anew from the kept answer, a
/// staged directory is thrown away, and a directory that was published just before the crash is recognised by its
/// manifest. Blocks; runs on a worker's thread.
struct Publisher: Sendable {
  enum Outcome: Sendable {
    case published(place: String, files: [String], warnings: [String])
    case failed(ErrorReport)
    /// The disk is full; the job waits.
    case noRoom(SpoolError)
  }

  let trees: Trees
  let ledger: JobLedger
  let finisher: Finisher

  private var cutter: OriginalCutter { OriginalCutter(spool: trees.spool, workers: finisher.workers) }

  private static let manifestLimit = 64 << 20

  /// How often everything is written before lost writes are the job's failure.
  private static let attempts = 3

  /// - Parameter job: has responded.
  /// - Throws: when the ledger fails, or the spool for another reason than room.
  func publish(_ job: Job, _ work: AcceptedWork) throws -> Outcome {
    var attempt = 1
    while true {
      do {
        if let outcome = try alreadyPublished(job, work) { return outcome }
        return try make(job, work)
      } catch let report as ErrorReport {
        return .failed(report)
      } catch let error as AnswerError {
        return .failed(ErrorReport(error, kept: try trees.spool.kept(job.id)))
      } catch let error as ProcessingError {
        return .failed(ErrorReport(error, isPaid: !work.operations.isEmpty, kept: try trees.spool.kept(job.id)))
      } catch RunError<SpoolError>.processing(let error) {
        return .failed(ErrorReport(error, isPaid: !work.operations.isEmpty, kept: try trees.spool.kept(job.id)))
      } catch RunError<SpoolError>.emission(let error) {
        if let outcome = try outcome(of: error, attempt, job, work) { return outcome }
      } catch let error as SpoolError {
        if let outcome = try outcome(of: error, attempt, job, work) { return outcome }
      }
      attempt += 1
    }
  }

  /// - Returns: `nil` when everything is to be written anew, in another staged directory: the disk has lost a write.
  private func outcome(of error: SpoolError, _ attempt: Int, _ job: Job, _ work: AcceptedWork) throws -> Outcome? {
    // An error of the very last sync comes when the directory is in its place already.
    if let outcome = try alreadyPublished(job, work) { return outcome }
    if error.isOutOfRoom { return .noRoom(error) }
    if error.isLostWrite, attempt < Self.attempts { return nil }
    return .failed(ErrorReport(publishing: error, kept: try trees.spool.kept(job.id)))
  }

  private func make(_ job: Job, _ work: AcceptedWork) throws -> Outcome {
    let cut = try originals(of: job, work)
    do {
      return try make(job, work, of: cut)
    } catch {
      // Whoever looks at what failed finds what was paid for.
      try ledger.record(cut.originals, of: job.id)
      throw error
    }
  }

  private func make(_ job: Job, _ work: AcceptedWork, of cut: Cut) throws -> Outcome {
    let id = job.id.description
    var facts = work.facts
    facts.provenance.name(try ledger.answers(to: job.id), of: work)
    var staged = try trees.output.stage(id)
    let result = try finisher.finish(
      cut.finals.enumerated().map { index, final in
        Finisher.Original(
          open: { [spool = trees.spool] () throws(RunError<SpoolError>) in
            do throws(SpoolError) {
              return try OpenPicture(blob: final.original.file, of: id, in: spool)
            } catch {
              throw .emission(error)
            }
          },
          facts: final.facts(variant: index + 1, of: cut.finals.count))
      }, recipe: work.recipe.naming(work.texts), job: facts, into: &staged)
    let calls = try ledger.calls(of: job.id).filter { $0.state == .responded || $0.state == .unknown }
    var warnings = work.warnings
    for warning in calls.flatMap(\.warnings).map(\.visible) + result.warnings where !warnings.contains(warning) {
      warnings.append(warning)
    }
    let manifest = Manifest(
      job: id, name: job.name, pipeline: job.pipeline, labels: job.labels, request: try request(of: job), calls: calls,
      originals: cut.originals, answers: cut.answers, outputs: result.outputs, warnings: warnings,
      received: job.received, published: .now())
    try staged.write(manifest.encoded().span, to: Manifest.fileName)
    let deliveries = try deliveries(of: job, work, manifest: manifest.object)
    try staged.commit(to: job.place, job.collision == .replace ? .replacing : .exclusive)
    try ledger.publish(
      job.id, originals: cut.originals, outputs: result.outputs.map(OutputRecord.init), warnings: warnings,
      deliveries: deliveries, due: .steady(), at: manifest.published)
    return .published(place: job.place, files: result.outputs.map(\.file), warnings: warnings)
  }

  /// What follows, for the outbox.
  private func deliveries(of job: Job, _ work: AcceptedWork, manifest: JSONObject) throws -> [NewDelivery] {
    do throws(CommandArgumentError) {
      return try Deliveries(after: work.after, job: job, directory: "\(trees.output.path)/\(job.place)")
        .rows(manifest: manifest)
    } catch {
      throw ErrorReport(
        stage: .publication, error: "\(error)", next: "Change the pipeline, and drop the request again.",
        kept: try trees.spool.kept(job.id))
    }
  }

  // MARK: Originals

  private struct Cut {
    /// Of all calls, and the local picture before them.
    var originals: [Original] = []
    /// What the outputs are made of: the pictures of the last step, or the local one.
    var finals: [Final] = []
    /// What the answers say of themselves, by their call.
    var answers: [Int: AnswerFacts] = [:]
  }

  private struct Final {
    var original: Original
    var call: Call?
    var requestedSize: RequestedSize?

    func facts(variant: Int, of count: Int) -> OriginalFacts {
      let head = call.map(ResponseHead.init)
      return OriginalFacts(
        variant: variant, variants: count, isBlurred: head?.isBlurred ?? false,
        isViolation: head?.isContentViolation ?? false, requestedSize: requestedSize, sha256: original.sha256)
    }
  }

  /// The originals, cut from the kept answers.
  private func originals(of job: Job, _ work: AcceptedWork) throws -> Cut {
    var cut = Cut()
    if let blob = work.localOriginal {
      cut.originals = [try localOriginal(job, blob)]
      if work.operations.isEmpty { cut.finals = cut.originals.map { Final(original: $0) } }
    }
    let calls = try ledger.answers(to: job.id)
    var inputs = cut.originals
    for step in work.operations.indices.map({ $0 + 1 }) {
      let operation = work.operation(ofStep: step)
      var pictures: [Final] = []
      for (index, turn) in work.turns.filter({ $0.step == step }).enumerated() {
        guard let call = calls[turn] else { throw ErrorReport(missingAnswerTo: turn, of: job.id) }
        let part = try cutter.cut(call, asked: operation.variants)
        cut.answers[call.ordinal] = part.facts
        let input = operation.previous == nil || !inputs.indices.contains(index) ? nil : inputs[index]
        let size = try input.map { try Self.requestedSize(of: operation, on: $0) }
        pictures += part.originals.map { Final(original: $0, call: call, requestedSize: size) }
      }
      cut.originals += pictures.map(\.original)
      inputs = pictures.map(\.original)
      cut.finals = pictures
    }
    for index in cut.originals.indices { cut.originals[index].index = index + 1 }
    return cut
  }

  /// What a step asked for, told by the picture it worked on.
  static func requestedSize(of operation: AcceptedOperation, on input: Original) throws -> RequestedSize {
    let isKnown = input.width > 0 && input.height > 0
    return try operation.operation().requestedSize(
      of: isKnown ? Size(width: input.width, height: input.height) : nil)
  }

  private func localOriginal(_ job: Job, _ blob: String) throws -> Original {
    let bytes = try trees.spool.read(job: job.id.description, name: blob)
    let picture = try OpenPicture(blob: blob, of: job.id.description, in: trees.spool)
    let workers = finisher.workers
    let header = try workers.told { () throws(ProcessingError) in try workers.examine(picture).header }
    return Original(
      index: 1, ordinal: nil, file: blob, format: header?.format.rawValue ?? "", width: header?.size.width ?? 0,
      height: header?.size.height ?? 0, bytes: bytes.count, sha256: SHA256.text(of: bytes))
  }

  private func request(of job: Job) throws -> JSONValue? {
    guard let bytes = try ledger.request(of: job.id) else { return nil }
    switch RequestFile(path: job.source) {
    case .json: return try? DocumentReader.json(bytes).value
    case .yaml: return try? DocumentReader.yaml(bytes).value
    case .jsonLines, .image, nil: return nil
    }
  }

  // MARK: After a crash

  /// A crash between the rename and the ledger's commit leaves a directory that is ours, whole.
  private func alreadyPublished(_ job: Job, _ work: AcceptedWork) throws -> Outcome? {
    guard
      // What cannot be read is not ours.
      let bytes = try? trees.output.read(Manifest.fileName, at: job.place, limit: Self.manifestLimit),
      case .object(let manifest)? = try? DocumentReader.json(bytes).value,
      manifest["job"] == .string(job.id.description), try ledger.outputs(of: job.id).isEmpty
    else { return nil }
    try trees.output.sync(job.place)
    let outputs = Manifest.outputs(in: manifest)
    // What is there was made of them; nothing is lost with a record that cannot be made again.
    let originals = (try? originals(of: job, work).originals) ?? []
    try ledger.publish(
      job.id, originals: originals, outputs: outputs, deliveries: try deliveries(of: job, work, manifest: manifest),
      due: .steady(),
      at: .now())
    return .published(place: job.place, files: outputs.map(\.file), warnings: [])
  }
}

extension JobLedger {
  /// The answers that count, by the calls they answer.
  func answers(to job: JobID) throws(LedgerError) -> [AcceptedWork.Turn: Call] {
    var answers: [AcceptedWork.Turn: Call] = [:]
    for call in try self.answers(of: job) { answers[AcceptedWork.Turn(step: call.step, item: call.item)] = call }
    return answers
  }
}

extension SpoolDirectory {
  /// Paths of what was paid for, for the error file.
  func kept(_ job: JobID) throws(SpoolError) -> [String] {
    try blobs(job: job.description)
      .filter { $0.hasPrefix("original-") || $0.hasPrefix("call-") || $0.hasPrefix("input-") }.sorted()
      .map { "\(path)/\(job)/\($0)" }
  }
}

extension ResponseHead {
  /// The facts of a response as the ledger keeps them.
  init(_ call: Call) {
    self.init(
      status: call.status ?? 200,
      headers: call.headers.sorted { $0.key < $1.key }.map { Header(name: $0.key, value: $0.value) })
  }

  /// Headers that the ledger and the manifest keep, names in lower case.
  var keptHeaders: [String: String] {
    var kept: [String: String] = [:]
    for header in headers {
      let name = header.name.lowercased()
      let isFact = name.hasPrefix("x-venice-") || name.hasPrefix("x-ratelimit-")
      guard isFact || Self.keptNames.contains(name), kept[name] == nil else { continue }
      kept[name] = header.value
    }
    return kept
  }

  private static let keptNames: Set<String> = [
    "content-type", "content-encoding", "date", "retry-after", "x-balance-remaining", "x-request-id", "cf-ray",
  ]
}

extension Call {
  /// What the answer says that its user should know.
  fileprivate var warnings: [String] {
    let head = ResponseHead(self)
    var warnings: [String] = []
    if let deprecation = head.deprecation {
      let words = [
        deprecation.warning ?? "the model is deprecated", deprecation.date.map { "it ends on \($0)" },
        deprecation.replacement.map { "use \($0) instead" },
      ]
      warnings.append(words.compactMap(\.self).joined(separator: "; "))
    }
    if head.isBlurred { warnings.append("the API has blurred the picture") }
    if head.isContentViolation { warnings.append("the API says that the picture breaks its content policy") }
    return warnings
  }
}

extension OutputRecord {
  fileprivate init(_ output: Finisher.Output) {
    self.init(
      file: output.file, variant: output.variant, format: output.planned.format.rawValue,
      width: output.planned.size.width, height: output.planned.size.height, bytes: output.bytes,
      sha256: output.sha256, metadata: output.planned.metadata.level.rawValue)
  }
}
