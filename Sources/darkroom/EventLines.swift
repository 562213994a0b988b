import Daemon

/// The daemon's events as lines for people: one event a line.
enum EventLines {
  @Sendable static func print(_ event: DaemonEvent) {
    let (line, mark) = describe(event)
    Console.note(line, mark)
  }

  static func describe(_ event: DaemonEvent) -> (line: String, mark: Console.Mark?) {
    switch event {
    case .accepted(let job, let request, let place): ("accepted   \(request) as \(job) for \(place)/", .quiet)
    case .refused(let request, let report): ("refused    \(request): \(report)", .failed)
    case .obstacle(let path, let reason): ("obstacle   \(path): \(reason)", .warning)
    case .awaitsImage(let request, let image): ("waiting    \(request): for the image \(image)", .warning)
    case .calling(let job, let endpoint, let model, let attempt):
      (
        "calling    \(job) \(endpoint)\(model.map { " \($0)" } ?? "")\(attempt > 1 ? ", attempt \(attempt)" : "")",
        .quiet
      )
    case .responded(let job, let bytes): ("responded  \(job): \(bytes) bytes kept", .quiet)
    case .waiting(let job, let reason, let until):
      ("waiting    \(job)\(until.map { " until \($0)" } ?? ""): \(reason)", .warning)
    case .published(_, let place, let files, let warnings):
      (
        "published  \(place)/ (\(files.joined(separator: ", ")))"
          + warnings.map { "\n           warning: \($0)" }.joined(), .done
      )
    case .failed(let job, let request, let report): ("failed     \(request) (\(job)): \(report)", .failed)
    case .held(let job, let reason): ("held       \(job): \(reason)", .failed)
    case .letGo(let jobs, let bytes, let records):
      ("retention  \(bytes) bytes of \(jobs) ended jobs removed, \(records) records forgotten", .quiet)
    case .outOfRoom(let reason): ("paused     all calls, for want of room: \(reason)", .warning)
    case .roomAgain: ("resumed    there is room again", .done)
    case .accountClosed(let reason): ("paused     all calls: \(reason)", .warning)
    case .accountOpened: ("resumed    all calls", .done)
    case .inboxWatched(let path): ("watching   \(path): the kernel tells what is dropped", .quiet)
    case .inboxPolled(let path, let every, let reason):
      ("polling    \(path) every \(every.formatted(.units(width: .narrow))): \(reason)", .warning)
    case .inboxGone(let path, let reason): ("gone       \(path): \(reason); it is looked for", .failed)
    case .watchOverflowed(let times):
      (
        "overflow   more was dropped than the kernel's queue holds (\(times) \(times == 1 ? "time" : "times") so far); "
          + "the whole inbox is looked at", .warning
      )
    case .catalogueFetched(let models): ("catalogue  \(models) models and their prices fetched", .quiet)
    case .catalogueNotKept(let path, let reason):
      ("catalogue  in use, but not kept for the next start: \(path): \(reason)", .warning)
    case .catalogueUnavailable(let reason): ("catalogue  not fetched, what is known stays: \(reason)", .warning)
    case .delivering(let job, let target, let attempt):
      ("delivering \(job) \(target)\(attempt > 1 ? ", attempt \(attempt)" : "")", .quiet)
    case .delivered(let job, let target): ("delivered  \(job) \(target)", .done)
    case .deliveryDeferred(let job, let target, let until, let reason):
      ("deferred   \(job) \(target), until \(until): \(reason)", .warning)
    case .deliveryGivenUp(let job, let target, let reason):
      ("given up   \(job) \(target); the job stays published: \(reason)", .failed)
    case .said(let word, let job, let by, let words): ("operator   \(word) \(job), by \(by): \(words)", .quiet)
    case .reused(let job, let of): ("reused     \(job): what \(of) was answered, at no cost", .quiet)
    case .pipelinesRead(let names): ("pipelines  in use: \(names.joined(separator: ", "))", .quiet)
    case .pipelinesKept(let reason): ("pipelines  those in use stay: \(reason)", .warning)
    case .controlUnavailable(let reason): ("control    off: \(reason)", .warning)
    }
  }
}
