import Glibc

/// Why a question got no answer, or a daemon has no control socket.
public enum ControlError: Error, Hashable, Sendable {
  /// Nobody listens at the path.
  case noDaemon(path: String)
  /// The socket is not for this user; `group` is the one it is for.
  case denied(path: String, group: String)
  /// The daemon there works on another spool.
  case otherDaemon(path: String, words: String)
  /// The two sides speak different versions; `daemon` is `nil` when it did not say.
  case versions(path: String, daemon: Int?, own: Int)
  /// The daemon's words.
  case refused(ControlRefusal)
  /// The connection ended before the answer did.
  case cutOff(path: String)
  /// What came is no answer.
  case nonsense(path: String)
  /// Nothing came for so long.
  case silent(path: String, after: Duration)
  /// The socket cannot be made or reached.
  case unusable(path: String, reason: String)
}

extension ControlError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noDaemon(let path): "no daemon listens at \(path)"
    case .denied(let path, let group):
      "\(path): permission denied: you are not in the group \(group); ask for it, then log in again"
    case .otherDaemon(let path, let words): "the daemon at \(path) is another one: \(words)"
    case .versions(let path, let daemon, let own):
      if let daemon, daemon > own {
        "the daemon at \(path) is newer than this command (control protocol \(daemon), this is \(own)); "
          + "use the command that was installed with it"
      } else {
        "the daemon at \(path) is older than this command; restart it after the update"
      }
    case .refused(let refusal): refusal.message
    case .cutOff(let path): "the daemon at \(path) went away before it had answered; ask again"
    case .nonsense(let path):
      "what listens at \(path) does not answer as a daemon does; see that control: names its socket"
    case .silent(let path, let time):
      "the daemon at \(path) has said nothing for \(time.components.seconds) s; see its log"
    case .unusable(let path, let reason): "\(path): \(reason)"
    }
  }
}

/// strerror(3)'s words for an error number.
func systemWords(_ number: Int32) -> String {
  // A terminated string that stays valid until this thread asks again; it is copied at once.
  unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
}
