/// Why nothing more can be said or heard.
public enum ChannelError: Error, Hashable, Sendable {
  /// The other side is gone.
  case closed
  /// It took too long.
  case timedOut
  /// What came is no message; `reason` says why.
  case garbled(reason: String)
  case system(call: String, errno: Int32)
}

extension ChannelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .closed: "the other side is gone"
    case .timedOut: "the other side took too long"
    case .garbled(let reason): "what came is no message: \(reason)"
    case .system(let call, let number): "\(call): error \(number)"
    }
  }
}
