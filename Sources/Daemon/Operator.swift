import Ledger
import Requests
import Spool

/// What each of the operator's words means, and what it refuses. Blocks.
///
/// Nothing here ever sends anything: a job is put where the dispatcher finds it. Words that may lead to paying for
/// something twice say so. In a running daemon they are carried out on the dispatcher's own thread, so that no job is
/// taken up while it is held or cancelled; without a daemon, under the spool's lock.
struct Operator: Sendable {
  struct Manner: Hashable, Sendable {
    /// With `requeue`: every call again, the answered ones too.
    var paysAllAgain = false
    /// Someone has looked at what may be charged twice.
    var isConfirmed = true
    /// Only say what would be.
    var isRehearsal = false
  }

  let trees: Trees
  let ledger: JobLedger
  let failed: FailedRequests
  /// As they are now.
  let pipelines: @Sendable () throws -> PipelineCatalog

  /// - Throws: ``LedgerError`` and ``SpoolError`` that are no matter of this job.
  func say(_ word: OperatorWord, about id: JobID, _ manner: Manner = Manner()) throws -> OperatorOutcome {
    let job = try ledger.job(id)
    switch try verdict(word, job, manner) {
    case .needless(let words): return OperatorOutcome(job: id, kind: .unchanged, words: words)
    case .impossible(let words): return OperatorOutcome(job: id, kind: .refused, words: words)
    case .possible(let words, let mayPayTwice):
      if manner.isRehearsal { return OperatorOutcome(job: id, kind: .done, words: words) }
      if mayPayTwice, !manner.isConfirmed { return OperatorOutcome(job: id, kind: .unconfirmed, words: words) }
      do {
        return OperatorOutcome(job: id, kind: .done, words: words + (try carryOut(word, job, manner)))
      } catch let error as LedgerError {
        switch error {
        case .illegalTransition, .placeTaken, .nothingKept, .noSuchJob, .noSuchCall, .noSuchDelivery, .notAhead:
          return OperatorOutcome(job: id, kind: .refused, words: "\(error)")
        case .newerSchema, .notALedger, .damaged, .notDurable, .fileSystem, .database, .unreadable: throw error
        }
      }
    }
  }

  // MARK: What may be done

  func verdict(_ word: OperatorWord, _ job: Job, _ manner: Manner = Manner()) throws -> OperatorVerdict {
    switch word {
    case .hold: hold(job)
    case .release: try release(job)
    case .requeue: try requeue(job, payingAll: manner.paysAllAgain)
    case .reprocess: try reprocess(job)
    case .cancel: try cancel(job)
    }
  }

  private func hold(_ job: Job) -> OperatorVerdict {
    switch job.state {
    case .queued where job.wait?.reason == .place:
      .impossible(
        "it waits until the place \(job.place) is free, and can be held after that; hold the job that has the place, "
          + "or cancel this one")
    case .queued: .possible("held: no call goes out until it is released")
    case .held: .needless("it is held already")
    case .calling: .impossible("its call is under way and cannot be called back; wait for its answer")
    case .responded: .impossible("its answer is there and is being processed; try again in a moment")
    case .published, .failed: .impossible(Self.ended(job))
    }
  }

  private func release(_ job: Job) throws -> OperatorVerdict {
    switch job.state {
    case .held:
      guard let most = try uncertainCharge(of: job) else { return .possible("released: it waits for its turn") }
      return .possible(
        "released: it is called again, under a new key. The call before may have been charged\(most); "
          + "this one is charged as well", mayPayTwice: true)
    case .queued, .calling, .responded: return .needless("it is not held")
    case .published, .failed: return .impossible(Self.ended(job))
    }
  }

  private func requeue(_ job: Job, payingAll: Bool) throws -> OperatorVerdict {
    switch job.state {
    case .failed: return try requeueFailed(job, payingAll: payingAll)
    case .queued, .calling, .responded: return .needless("it is on its way")
    case .held: return .impossible("it is held; release makes its call again, cancel ends it")
    case .published:
      return .impossible(
        "it is published; reprocess runs its pipeline again at no cost, and new pictures are a new request")
    }
  }

  private func requeueFailed(_ job: Job, payingAll: Bool) throws -> OperatorVerdict {
    let work: AcceptedWork
    do {
      work = try ledger.acceptedWork(of: job.id)
    } catch {
      return .impossible("what it was accepted to do cannot be read from the spool (\(error)); drop the request again")
    }
    if work.operations.isEmpty { return .possible("queued: its local picture is processed again, at no cost") }
    let answered = try ledger.answers(to: job.id)
    if payingAll {
      return .possible(
        "queued: all \(work.turns.count) calls are made and charged again"
          + (answered.isEmpty ? "" : ", also the \(answered.count) that were answered and paid for"),
        mayPayTwice: !answered.isEmpty)
    }
    let turn = AcceptedWork.Turn(step: job.step, item: job.item)
    let left = work.turns.drop { $0 != turn }.count
    if let last = try ledger.calls(of: job.id).last, last.state == .responded, last.step == job.step,
      last.item == job.item
    {
      return .possible(
        "it goes on from the answers that are kept"
          + (left > 1 ? "; \(left - 1) calls follow" : ", and nothing is paid"))
    }
    let words = "queued: \(left) of \(work.turns.count) calls are made; what was answered is not paid again"
    guard let most = try uncertainCharge(of: job) else { return .possible(words) }
    return .possible(words + ". The call before may have been charged\(most)", mayPayTwice: true)
  }

  private func reprocess(_ job: Job) throws -> OperatorVerdict {
    switch job.state {
    case .failed, .published: break
    case .queued, .calling, .held:
      return .impossible("it has no answer to process yet" + (job.state == .held ? "; release or cancel it" : ""))
    case .responded: return .needless("it is being processed")
    }
    let work: AcceptedWork
    let blobs: Set<String>
    do {
      work = try ledger.acceptedWork(of: job.id)
      blobs = Set(try trees.spool.blobs(job: job.id.description))
    } catch {
      return .impossible("nothing of it is kept any more (\(error)); drop the request again")
    }
    let answers = try ledger.answers(to: job.id)
    for turn in work.turns {
      guard let answer = answers[turn] else {
        return .impossible(
          "step \(turn.step), picture \(turn.item), was never answered, and processing again never pays; "
            + "requeue makes the calls that are missing")
      }
      guard let body = answer.body, blobs.contains(body) else {
        return .impossible("the answer to its call \(answer.ordinal) is no longer kept; drop the request again")
      }
    }
    if let local = work.localOriginal, !blobs.contains(local) {
      return .impossible("its picture is no longer kept; drop the request again")
    }
    let recipe: String
    do {
      recipe =
        try pipelines()[job.pipeline] == nil
        ? "the pipeline \"\(job.pipeline)\" is gone; it is processed as it was when the request was accepted"
        : "the pipeline \"\(job.pipeline)\" as it is now"
    } catch {
      return .impossible("the pipelines cannot be read: \(error)")
    }
    return .possible(
      "processed again from what is kept, at no cost: \(recipe)"
        + (job.state == .published ? "; its directory \(job.place) is replaced" : ""))
  }

  private func cancel(_ job: Job) throws -> OperatorVerdict {
    switch job.state {
    case .queued, .held:
      guard let most = try uncertainCharge(of: job) else { return .possible("cancelled: nothing more is sent") }
      return .possible("cancelled: nothing more is sent. Its last call may have been charged\(most)")
    case .calling: return .impossible("its call is under way and cannot be called back; wait for its answer")
    case .responded: return .impossible("its answer is paid for and is being processed")
    case .failed: return .needless("it has failed already")
    case .published: return .impossible(Self.ended(job))
    }
  }

  private static func ended(_ job: Job) -> String { "it has ended: it is \(job.state.rawValue)" }

  /// How much at most the job's last call may have cost, in words; `nil` when nothing is uncertain.
  private func uncertainCharge(of job: Job) throws -> String? {
    guard let last = try ledger.calls(of: job.id).last, case .unknown(let most) = last.charge else { return nil }
    return most.map { " (at most \($0) USD)" } ?? ""
  }

  // MARK: Doing it

  /// - Returns: more words.
  private func carryOut(_ word: OperatorWord, _ job: Job, _ manner: Manner) throws -> String {
    // What cannot be looked at counts as occupied: nothing is overwritten in doubt.
    let isOccupied = { [output = trees.output] (place: String) in (try? output.exists(place)) ?? true }
    switch word {
    case .hold: try ledger.hold(job.id, at: .now())
    case .release: try ledger.release(job.id, at: .now())
    case .requeue:
      let work = try renewed(job)
      try ledger.requeue(
        job.id, calls: manner.paysAllAgain ? .all(model: work.operations.first?.model) : .missing,
        isOccupied: isOccupied, at: .now())
    case .reprocess:
      let work = try renewed(job)
      let last = work.turns.last.map { ($0.step, $0.item, work.operation(ofStep: $0.step).model) }
      try ledger.reprocess(job.id, standingAt: last, isOccupied: isOccupied, at: .now())
    case .cancel: return try keepRequest(of: try ledger.cancel(job.id, at: .now()))
    }
    return ""
  }

  /// Lets a job go on with its pipeline as it is now: whoever mended that wants the mended one. What is asked of the API
  /// stays what was accepted. Written before the ledger knows: a crash in between leaves a job that has ended, as before.
  private func renewed(_ job: Job) throws -> AcceptedWork {
    var work = try ledger.acceptedWork(of: job.id)
    guard let pipeline = try pipelines()[job.pipeline] else { return work }
    let before = try work.encoded()
    work.adopt(pipeline)
    let now = try work.encoded()
    if now != before { try ledger.setWork(now, of: job.id) }
    return work
  }

  /// After the ledger: a crash in between leaves a job that has ended and a request that is in the spool only; the other
  /// way round it would leave one that runs although its request lies in the failed folder.
  private func keepRequest(of job: Job) throws -> String {
    let kept = try trees.spool.kept(job.id)
    let report = ErrorReport(
      stage: kept.isEmpty ? .request : .call, error: "cancelled by the operator",
      next: "To have it after all: darkroom jobs requeue \(job.id), or drop the request again.", kept: kept)
    do {
      try failed.keep(trees.request(of: job, ledger), report, path: job.source, job: job.id)
    } catch {
      return "; its request could not be put into the failed folder: \(error)"
    }
    return "; its request is in the failed folder" + (kept.isEmpty ? "" : ", what was received is kept in the spool")
  }
}

extension AcceptedWork {
  /// Everything that happens after the calls, as a pipeline says it now.
  mutating func adopt(_ pipeline: Pipeline) {
    recipe = pipeline.recipe
    retriesUnknown = pipeline.onUnknown == .retry
    fitsInput = pipeline.fitsInput
    after = pipeline.after
  }
}
