import Ledger

/// What the daemon tells whoever watches it: the log, a terminal, a test.
public enum DaemonEvent: Sendable, Hashable {
  /// A request became a job.
  case accepted(job: String, request: String, place: String)
  /// A request was refused before it became a job; it lies in the failed folder.
  case refused(request: String, ErrorReport)
  /// Something in the inbox that can be neither taken nor moved; it stays where it is.
  case obstacle(path: String, reason: String)
  /// A request waits for an image that is not there yet.
  case awaitsImage(request: String, image: String)
  /// A call has been journalled and is about to go out.
  case calling(job: String, endpoint: String, model: String?, attempt: Int)
  /// The answer is durable.
  case responded(job: String, bytes: Int)
  /// The job waits; `until` is `nil` when no time will end that.
  case waiting(job: String, reason: String, until: Timestamp?)
  case published(job: String, place: String, files: [String], warnings: [String])
  case failed(job: String, request: String, ErrorReport)
  /// Someone has to look.
  case held(job: String, reason: String)
  /// What ended long ago was removed from the spool and the ledger.
  case letGo(jobs: Int, bytes: Int64, records: Int)
  /// A disk is full, or will be: no call goes out until there is room again.
  case outOfRoom(reason: String)
  case roomAgain
  /// No call goes out until the account is open again.
  case accountClosed(reason: String)
  case accountOpened
  /// Models and prices are the API's own of now.
  case catalogueFetched(models: Int)
  /// Models and prices are in use, and are fetched again at the next start: the cache cannot be written.
  case catalogueNotKept(path: String, reason: String)
  /// Models and prices stay what was known before.
  case catalogueUnavailable(reason: String)
  /// An attempt at what follows a job's publication begins; `target` says what, for people.
  case delivering(job: String, target: String, attempt: Int)
  case delivered(job: String, target: String)
  /// The attempt failed; there will be another.
  case deliveryDeferred(job: String, target: String, until: Timestamp, reason: String)
  /// There will be no other attempt. The job stays published.
  case deliveryGivenUp(job: String, target: String, reason: String)
  /// The kernel tells what is dropped into the inbox.
  case inboxWatched(path: String)
  /// The whole inbox is looked at again and again, for the kernel does not tell all that is dropped there.
  case inboxPolled(path: String, every: Duration, reason: String)
  /// The inbox is not to be had; it is asked for again and again.
  case inboxGone(path: String, reason: String)
  /// More was dropped than the kernel's queue holds: the whole inbox is looked at. `times` counts since the start.
  case watchOverflowed(times: Int)
  /// Someone said a word about a job; `words` tell what came of it.
  case said(word: String, job: String, by: String, words: String)
  /// The pipelines are those that their folder holds now.
  case pipelinesRead(names: [String])
  /// Those in use stay: what their folder holds now cannot be used.
  case pipelinesKept(reason: String)
  /// The job has the answers that another one paid for; nothing is sent for it.
  case reused(job: String, of: String)
  /// There is no control socket; everything else works.
  case controlUnavailable(reason: String)
}
