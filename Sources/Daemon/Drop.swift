import Ledger
import Requests
import Spool

/// One request of a file in the inbox, read or refused.
struct Drop: Sendable {
  /// Relative to the inbox; a line of a `.jsonl` file goes by the name it would have as a file.
  var path: String
  /// Tells this drop from another one of the same path: after a crash it says whether the ledger knows it.
  var identity: String
  /// When the file last changed in any way, a copy's preserved times aside (its ctime).
  var changed: Timestamp
  /// As dropped.
  var bytes: [UInt8]
  /// `nil` for a picture whose folder takes none.
  var request: Result<Request?, RequestError>

  init(path: String, identity: String, changed: Timestamp, bytes: [UInt8], request: Result<Request, RequestError>) {
    self.init(path: path, identity: identity, changed: changed, bytes: bytes, request: request.map(Optional.some))
  }

  init(path: String, identity: String, changed: Timestamp, bytes: [UInt8], request: Result<Request?, RequestError>) {
    self.path = path
    self.identity = identity
    self.changed = changed
    self.bytes = bytes
    self.request = request
  }

  /// The file ends too early, as one does that is still being written.
  var mayBeIncomplete: Bool {
    if case .failure(let error) = request { error.mayBeIncomplete } else { false }
  }
}

extension Timestamp {
  /// A file system's time.
  init(_ time: FileIdentity.Time) {
    self.init(microseconds: Int64(time.seconds) * 1_000_000 + Int64(time.nanoseconds) / 1000)
  }
}
