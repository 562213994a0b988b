import Codecs
import Crypto
import Documents
import ImageAPI
import Ledger
import Processing
import Raster
import Requests
import Spool

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

  private static let manifestLimit = 64 << 20

  /// - Parameter job: has responded.
  /// - Throws: when the ledger fails, or the spool for another reason than room.
  func publish(_ job: Job, _ work: AcceptedWork) throws -> Outcome {
    if let outcome = try alreadyPublished(job) { return outcome }
    do {
      return try make(job, work)
    } catch let error as AnswerError {
      return .failed(ErrorReport(error, kept: try kept(job)))
    } catch RunError<SpoolError>.processing(let error) {
      return .failed(ErrorReport(error, isPaid: work.localOriginal == nil, kept: try kept(job)))
    } catch RunError<SpoolError>.emission(let error) {
      return try failure(error, job)
    } catch let error as SpoolError {
      return try failure(error, job)
    }
  }

  private func failure(_ error: SpoolError, _ job: Job) throws -> Outcome {
    // An error of the very last sync comes when the directory is in its place already.
    if let outcome = try alreadyPublished(job) { return outcome }
    return error.isOutOfRoom ? .noRoom(error) : .failed(ErrorReport(publishing: error, kept: try kept(job)))
  }

  private func make(_ job: Job, _ work: AcceptedWork) throws -> Outcome {
    let id = job.id.description
    let calls = try answers(to: job)
    let cut = try originals(of: job, work, calls)
    var facts = work.facts
    facts.provenance.originalSHA256 = cut.originals.first?.sha256
    var staged = try trees.output.stage(id)
    let result = try finisher.finish(
      zip(cut.originals, cut.bytes).map { original, bytes in
        Finisher.Original(bytes: bytes, facts: OriginalFacts(original, of: cut.originals, calls))
      }, recipe: work.recipe, job: facts, into: &staged)
    let warnings = work.warnings + calls.flatMap(\.warnings) + result.warnings
    let manifest = Manifest(
      job: id, name: job.name, pipeline: job.pipeline, labels: job.labels, request: try request(of: job),
      calls: try ledger.calls(of: job.id).filter { $0.state == .responded || $0.state == .unknown },
      originals: cut.originals, answers: cut.answers, outputs: result.outputs, warnings: warnings,
      received: job.received, published: .now())
    try staged.write(manifest.encoded().span, to: Manifest.fileName)
    try staged.commit(to: job.place, job.collision == .replace ? .replacing : .exclusive)
    try ledger.publish(
      job.id, outputs: result.outputs.map(OutputRecord.init), warnings: warnings, at: manifest.published)
    return .published(place: job.place, files: result.outputs.map(\.file), warnings: warnings)
  }

  // MARK: Originals

  private struct Cut {
    var originals: [Original] = []
    var bytes: [[UInt8]] = []
    /// What the answers say of themselves, by their call.
    var answers: [Int: Manifest.AnswerFacts] = [:]
  }

  /// The answer to each of the job's operations: the last, where a job was queued again after a failure.
  private func answers(to job: Job) throws(LedgerError) -> [Call] {
    var last: [Int: Call] = [:]
    for call in try ledger.calls(of: job.id) where call.state == .responded { last[call.step] = call }
    return last.values.sorted { $0.step < $1.step }
  }

  /// The originals, cut from the kept answers.
  private func originals(of job: Job, _ work: AcceptedWork, _ calls: [Call]) throws -> Cut {
    let id = job.id.description
    var cut = Cut()
    if let blob = work.localOriginal {
      cut.originals = [try record(try trees.spool.read(job: id, name: blob), file: blob, index: 1, call: nil, &cut)]
    }
    for call in calls {
      guard let body = call.body, work.operations.indices.contains(call.step - 1) else { continue }
      let operation = work.operations[call.step - 1]
      let answer = try Answer.images(
        in: try trees.spool.read(job: id, name: body), head: ResponseHead(call),
        asked: try operation.operation().variants)
      cut.answers[call.ordinal] = Manifest.AnswerFacts(id: answer.id, timing: answer.timing)
      for image in answer.images {
        let index = cut.originals.count + 1
        let format = ImageFormat(signatureOf: image.span)
        let file = "original-\(index).\(format?.rawValue ?? "bin")"
        try trees.spool.write(image.span, job: id, name: file)
        cut.originals.append(try record(image, file: file, index: index, call: call.ordinal, &cut))
      }
    }
    try ledger.record(cut.originals, of: job.id)
    return cut
  }

  private func record(
    _ bytes: [UInt8], file: String, index: Int, call: Int?, _ cut: inout Cut
  ) throws -> Original {
    // A picture that cannot be read is recorded without a size; processing says what is wrong with it.
    let header = try? Processor.examine(bytes.span, limits: finisher.limits).header
    cut.bytes.append(bytes)
    return Original(
      index: index, ordinal: call, file: file, format: header?.format.rawValue ?? "", width: header?.size.width ?? 0,
      height: header?.size.height ?? 0, bytes: bytes.count, sha256: SHA256.text(of: bytes))
  }

  /// Paths of what was paid for, for the error file.
  private func kept(_ job: Job) throws(SpoolError) -> [String] {
    try trees.spool.blobs(job: job.id.description)
      .filter { $0.hasPrefix("original-") || $0.hasPrefix("call-") || $0.hasPrefix("input-") }.sorted()
      .map { "\(trees.spool.path)/\(job.id)/\($0)" }
  }

  private func request(of job: Job) throws -> JSONValue? {
    let bytes = try trees.spool.read(job: job.id.description, name: Acceptance.requestBlob)
    switch RequestFile(path: job.source) {
    case .json: return try? DocumentReader.json(bytes).value
    case .yaml: return try? DocumentReader.yaml(bytes).value
    case .jsonLines, .image, nil: return nil
    }
  }

  // MARK: After a crash

  /// A crash between the rename and the ledger's commit leaves a directory that is ours, whole.
  private func alreadyPublished(_ job: Job) throws -> Outcome? {
    guard
      // What cannot be read is not ours.
      let bytes = try? trees.output.read(Manifest.fileName, at: job.place, limit: Self.manifestLimit),
      case .object(let manifest)? = try? DocumentReader.json(bytes).value,
      manifest["job"] == .string(job.id.description), try ledger.outputs(of: job.id).isEmpty
    else { return nil }
    try trees.output.sync(job.place)
    let outputs = Manifest.outputs(in: manifest)
    try ledger.publish(job.id, outputs: outputs, at: .now())
    return .published(place: job.place, files: outputs.map(\.file), warnings: [])
  }
}

extension OriginalFacts {
  fileprivate init(_ original: Original, of originals: [Original], _ calls: [Call]) {
    let head = calls.first { $0.ordinal == original.ordinal }.map(ResponseHead.init)
    self.init(
      variant: original.index, variants: originals.count, isBlurred: head?.isBlurred ?? false,
      isViolation: head?.isContentViolation ?? false)
  }
}

extension ResponseHead {
  /// The facts of a response as the ledger keeps them.
  fileprivate init(_ call: Call) {
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
