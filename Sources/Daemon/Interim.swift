import ImageAPI
import Ledger
import Processing
import Raster
import Spool
import Workers

/// Between two steps of a job: the pictures of an answer are cut, checked, and made to fit the next step's call, before
/// more is paid for what is made of them. Blocks; safe to take again after a crash, like publication.
struct Interim: Sendable {
  enum Outcome: Sendable {
    case sound
    case failed(ErrorReport)
    /// The disk is full; the job waits.
    case noRoom(SpoolError)
  }

  /// What a call works on.
  struct Input: Sendable {
    var blob: String
    var format: ImageFormat
    /// `nil` when the picture does not say.
    var pixels: Int?
  }

  let spool: SpoolDirectory
  let ledger: JobLedger
  let workers: WorkerPool

  private var cutter: OriginalCutter { OriginalCutter(spool: spool, workers: workers) }

  /// Looks at the answer that the job's last call brought.
  ///
  /// - Parameter job: has responded, and has a further call.
  /// - Throws: when the ledger fails, or the spool for another reason than room.
  func check(_ job: Job, _ work: AcceptedWork) throws -> Outcome {
    do {
      let turn = AcceptedWork.Turn(step: job.step, item: job.item)
      guard let call = try ledger.answers(to: job.id)[turn] else {
        throw ErrorReport(missingAnswerTo: turn, of: job.id)
      }
      let operation = work.operation(ofStep: turn.step)
      let cut = try cutter.cut(call, asked: operation.variants)
      var facts = work.facts
      facts.requestedSize = try requestedSize(of: turn, job, work)
      facts.requestedFormat = try operation.operation().requestedImageFormat
      let head = ResponseHead(call)
      for original in cut.originals {
        let picture = try OpenPicture(blob: original.file, of: job.id.description, in: spool)
        try workers.verifyInterim(
          picture,
          original: OriginalFacts(
            variant: original.index, variants: cut.originals.count, isBlurred: head.isBlurred,
            isViolation: head.isContentViolation), by: work.recipe.verification, job: facts)
        try fit(picture, original, of: call, job, work)
      }
      return .sound
    } catch let report as ErrorReport {
      return .failed(report)
    } catch let error as AnswerError {
      return .failed(ErrorReport(error, kept: try spool.kept(job.id)))
    } catch let error as ProcessingError {
      return .failed(ErrorReport(error, isPaid: true, kept: try spool.kept(job.id)))
    } catch let error as SpoolError where error.isOutOfRoom {
      return .noRoom(error)
    }
  }

  private func requestedSize(
    of turn: AcceptedWork.Turn, _ job: Job, _ work: AcceptedWork
  ) throws -> Processing.RequestedSize {
    let operation = work.operation(ofStep: turn.step)
    let blob = try input(of: turn, job, work)?.blob ?? operation.pictures.first?.blob
    var size: Size?
    if let blob { size = try self.size(of: blob, job) }
    return try operation.operation().requestedSize(of: size)
  }

  // MARK: Inputs

  /// The picture that a call works on; `nil` for one that takes none.
  func input(of turn: AcceptedWork.Turn, _ job: Job, _ work: AcceptedWork) throws -> Input? {
    guard work.operation(ofStep: turn.step).previous != nil else { return nil }
    if turn.step == 1 { return try (work.localInput ?? work.localOriginal).map { try input(blob: $0, job) } }
    let variants = work.operation(ofStep: turn.step - 1).variants
    let source = AcceptedWork.Turn(step: turn.step - 1, item: (turn.item - 1) / variants + 1)
    let number = (turn.item - 1) % variants + 1
    guard let call = try ledger.answers(to: job.id)[source] else {
      throw ErrorReport(missingAnswerTo: source, of: job.id)
    }
    let fitted = try spool.blobs(job: job.id.description).first { $0.hasPrefix(Self.stem(of: call, number) + ".") }
    guard let blob = try fitted ?? cutter.blob(of: call, number: number) else {
      throw ErrorReport(missingAnswerTo: source, of: job.id)
    }
    return try input(blob: blob, job)
  }

  private func input(blob: String, _ job: Job) throws -> Input {
    let reader = try spool.reader(job: job.id.description, name: blob)
    let beginning = try reader.bytes(in: 0..<min(reader.count, 16))
    let format = ImageFormat(signatureOf: beginning.span) ?? .png
    return Input(blob: blob, format: format, pixels: try size(of: blob, job)?.pixelCount)
  }

  private func size(of blob: String, _ job: Job) throws(SpoolError) -> Size? {
    let picture = try OpenPicture(blob: blob, of: job.id.description, in: spool)
    return try? workers.header(of: picture).size
  }

  /// Writes a copy that the next step's call takes, where the original is beyond its limits.
  private func fit(_ picture: OpenPicture, _ original: Original, of call: Call, _ job: Job, _ work: AcceptedWork) throws
  {
    guard work.operations.count > call.step, let path = work.operation(ofStep: call.step + 1).previous else { return }
    let next = work.operation(ofStep: call.step + 1)
    let bounds = InputBounds(next.endpoint.imageLimits(at: path))
    let header = try workers.examine(picture).header
    guard let misfit = bounds.misfit(of: header, bytes: original.bytes) else { return }
    guard work.fitsInput else {
      throw ErrorReport(
        misfit, picture: "the picture of step \(call.step)", step: next.endpoint, kept: try spool.kept(job.id))
    }
    guard let fitted = try workers.fitted(picture, to: bounds) else { return }
    let name = "\(Self.stem(of: call, original.index)).\(fitted.format.rawValue)"
    try spool.write(fitted.bytes.span, job: job.id.description, name: name)
  }

  private static func stem(of call: Call, _ number: Int) -> String { "input-\(call.ordinal)-\(number)" }
}

extension InputBounds {
  init(_ limits: ImageLimits) {
    self.init(pixels: limits.pixels, bytes: limits.bytes)
  }
}

extension ErrorReport {
  /// - Parameter picture: which, for the message.
  init(_ misfit: InputMisfit, picture: String, step: Endpoint, field: String? = nil, kept: [String] = []) {
    let next =
      switch misfit {
      case .tooFewPixels: "Give a larger picture: enlarging it here would invent pixels."
      case .tooManyPixels, .tooManyBytes:
        "Give a picture within the limit, or let the pipeline say fit-input: true."
      }
    self.init(
      stage: .request, error: "\(picture) does not fit \(step.rawValue): \(misfit)", field: field, next: next,
      kept: kept)
  }
}
