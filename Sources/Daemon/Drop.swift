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

extension RequestReader {
  /// The requests in a file: one, or one a line.
  func drops(of claim: borrowing Claim, _ kind: RequestFile) -> [Drop] {
    let path = claim.relativePath
    let identity = claim.identity.description
    let changed = Timestamp(claim.changed)
    let bytes = claim.bytes
    switch kind {
    case .json, .yaml:
      let request = Result { () throws(RequestError) in try read(bytes, path: path) }
      return [Drop(path: path, identity: identity, changed: changed, bytes: bytes, request: request)]
    case .image:
      let request = Result { () throws(RequestError) in try image(at: path) }
      return [Drop(path: path, identity: identity, changed: changed, bytes: bytes, request: request)]
    case .jsonLines:
      let folder = path.split(separator: "/").dropLast()
      // Each line becomes a file of its own, be it in the failed folder.
      return readLines(bytes.span, path: path, numbering: .ofEachLine).map { line in
        Drop(
          path: (folder + ["\(line.name).json"]).joined(separator: "/"), identity: "\(identity)#\(line.line)",
          changed: changed, bytes: Array(bytes[line.range]), request: line.request)
      }
    }
  }
}

extension Timestamp {
  /// A file system's time.
  init(_ time: FileIdentity.Time) {
    self.init(microseconds: Int64(time.seconds) * 1_000_000 + Int64(time.nanoseconds) / 1000)
  }
}
