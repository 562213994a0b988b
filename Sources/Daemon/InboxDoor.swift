import Glibc
import Ledger
import Spool

/// Where requests come in, as long as the daemon runs: it watches the inbox and has the intake look where something was
/// told, and now and then everywhere.
///
/// Whether the watch sees what happens is not believed but tried: a cookie, a dot file made and removed in the inbox, has
/// to be told of. Where it is not, or where others change the inbox unseen, the whole inbox is looked at again and again
/// instead. An inbox that is gone, a spool or ledger without room: all is tried again after a while, requests wait where
/// they are.
struct InboxDoor: Sendable {
  let inbox: Inbox
  let ledgerPath: String
  let intake: Intake
  let rescan: Duration
  let poll: Duration
  /// How many events wait at most until they are looked at.
  var eventLimit = FolderWatch.pendingLimit
  let voice: InboxVoice

  /// How long until a mended inbox or spool is noticed, and one that something was mounted over.
  private static let mendTime = Duration.seconds(5)
  /// The kernel tells of a cookie at once; a machine that is busy may need a moment to listen.
  private static let cookiePatience = Duration.seconds(2)

  /// Until the task is cancelled.
  func keepOpen() async throws {
    while !Task.isCancelled {
      do {
        try await follow()
      } catch let error as SpoolError {
        try await pause(because: error)
      } catch let error as LedgerError where error.mayPass {
        voice.say(.obstacle(path: ledgerPath, reason: error.description))
        // A ledger tells nobody that it can be written again.
        try? await Task.sleep(for: Self.mendTime)
      }
    }
  }

  private func pause(because error: SpoolError) async throws {
    await intake.endRounds()
    if Task.isCancelled { return }
    let isInbox = error.path == inbox.path || error.path.hasPrefix(inbox.path + "/")
    voice.say(
      isInbox
        ? .inboxGone(path: inbox.path, reason: error.description)
        : .obstacle(path: error.path, reason: error.description))
    // What is not there cannot be watched, nor can rights and room of a spool.
    try? await Task.sleep(for: Self.mendTime)
  }

  // MARK: One watch

  /// Takes in until the watch is over, or has to begin anew.
  private func follow() async throws {
    try inbox.sweepCookies()
    // Watch first, scan second: nothing falls between the two.
    let watch: FolderWatch
    do {
      watch = try FolderWatch(path: inbox.path, limit: eventLimit)
    } catch {
      guard error.isWatchMissing else { throw error }
      return try await serve(News(), WatchTrial(failed: error.description), nil)
    }
    try await serve(watch)
  }

  private func serve(_ watch: FolderWatch) async throws {
    let news = News()
    try await withThrowingTaskGroup { group in
      group.addTask {
        for await batch in watch.batches { news.add(batch) }
        news.end()
      }
      defer { watch.stop() }
      try await serve(news, firstTrial(), watch)
      group.cancelAll()
    }
  }

  private func firstTrial() -> WatchTrial {
    var trial = WatchTrial(patience: Self.cookiePatience)
    sendCookie(&trial)
    return trial
  }

  private func sendCookie(_ trial: inout WatchTrial) {
    do throws(SpoolError) {
      trial.sent(try inbox.touchCookie(), now: .now)
    } catch {
      trial.failed("whether the kernel tells of it cannot be tried: \(error)")
    }
  }

  /// How the inbox is looked at.
  private struct Manner {
    var event: DaemonEvent
    /// The time between two looks at all of it.
    var interval: Duration
    /// Nothing is changed there without this kernel's knowing.
    var isLocal: Bool
  }

  /// - Returns: `nil` while that is being tried.
  private func manner(_ trial: WatchTrial) throws(SpoolError) -> Manner? {
    func polled(_ reason: String) -> Manner {
      Manner(event: .inboxPolled(path: inbox.path, every: poll, reason: reason), interval: poll, isLocal: false)
    }
    switch (trial.verdict, try inbox.fileSystem()) {
    case (.open, _): return nil
    case (.blind(let reason), _): return polled(reason)
    case (.sees, .shared(let name)): return polled("it lies on \(name), which others may change without this kernel")
    case (.sees, .local): return Manner(event: .inboxWatched(path: inbox.path), interval: rescan, isLocal: true)
    }
  }

  private func serve(
    _ news: News, _ first: WatchTrial, _ watch: FolderWatch?
  ) async throws {
    var trial = first
    let began = ContinuousClock.now
    var (nextRound, nextCookie, nextCheck) = (began, began + rescan, began + Self.mendTime)
    // What was reported before is tried again: now, and as often as a cookie is sent.
    var isAfresh = true
    var roundBegan: ContinuousClock.Instant?
    while !Task.isCancelled {
      let told = news.take()
      if let end = told.end { return await lose(end) }
      if ContinuousClock.now >= nextCheck {
        guard watch?.isCurrent ?? true else { return await lose("another folder is in its place") }
        nextCheck = .now + Self.mendTime
      }
      let hasSeen = trial.verdict == .sees
      trial.told(told.cookies, hasOverflowed: told.overflows > 0, now: .now)
      if let reason = told.unwatched { trial.failed(reason) }
      // A new watch is tried before the old one is given up.
      if hasSeen, trial.verdict != .sees, told.unwatched == nil { return }
      if told.overflows > 0 {
        voice.tellOverflows(told.overflows)
      }
      if ContinuousClock.now >= nextCookie {
        if trial.verdict != .sees { return }
        sendCookie(&trial)
        nextCookie = .now + rescan
        nextRound = .now
        isAfresh = true
      }
      let manner = try manner(trial)
      if let manner, told.wantsScan || ContinuousClock.now >= nextRound {
        voice.say(manner.event)
        try await intake.beginRound(isAfresh: isAfresh || told.wantsScan, isLocal: manner.isLocal)
        isAfresh = false
        roundBegan = .now
        nextRound = .now + manner.interval
      }
      for folder in told.folders {
        try await intake.beginRound(folder: folder, isAfresh: true, isLocal: manner?.isLocal ?? false)
      }
      let look = try await intake.look(told, now: .now)
      if look.isLooking { continue }
      if let began = roundBegan {
        // Where it is polled, looking takes a tenth of the time at most.
        nextRound = max(nextRound, min(.now + (.now - began) * 10, began + rescan))
        roundBegan = nil
      }
      let due = [look.nextDue, manner == nil ? nil : nextRound, nextCookie, nextCheck, trial.deadline]
      await news.wait(atMost: max((due.compactMap(\.self).min() ?? nextCheck) - .now, .milliseconds(1)))
    }
  }

  private func lose(_ reason: String) async {
    await intake.endRounds()
    voice.say(.inboxGone(path: inbox.path, reason: reason))
  }
}

extension SpoolError {
  /// inotify(7) is not to be had: not in this kernel, not allowed, or its limits are reached.
  fileprivate var isWatchMissing: Bool {
    switch self {
    case .system("inotify_init1", _, _): true
    case .system("inotify_add_watch", _, let number): number == ENOSPC || number == ENOMEM || number == ENOSYS
    default: false
    }
  }
}
