import Spool

/// What in the inbox could not be taken and was reported: nothing is said twice, and nothing is tried again before it, or
/// what it lies in, has changed.
struct Obstacles: Sendable {
  private struct Mark {
    var version: Version?
    var reason: String
    /// The round in which it was seen last.
    var round: Int
  }

  /// A file as it was; any change of it, of its rights and of its names included, makes another.
  struct Version: Hashable, Sendable {
    var identity: FileIdentity
    var changed: FileIdentity.Time

    init(_ candidate: Candidate) {
      identity = candidate.identity
      changed = candidate.changed
    }
  }

  private var marks: [String: Mark] = [:]

  /// Whether this version was reported, which is then known to be there still.
  mutating func isReported(_ path: String, _ version: Version, round: Int) -> Bool {
    guard let mark = marks[path], mark.version == version else { return false }
    marks[path]?.round = round
    return true
  }

  /// - Returns: whether it has to be said: nothing, or another reason, was reported of it before.
  mutating func report(_ path: String, _ version: Version?, reason: String, round: Int) -> Bool {
    let old = marks.updateValue(Mark(version: version, reason: reason, round: round), forKey: path)
    return old?.reason != reason || old?.version?.identity != version?.identity
  }

  mutating func forget(_ path: String) { marks[path] = nil }

  /// After a look at the whole inbox: what was not seen in this round is mended or gone.
  mutating func forgetUnseen(in round: Int) { marks = marks.filter { $0.value.round >= round } }
}
