/// Why a free query gave no answer. Nothing is ever charged for one.
public enum QueryError: Error, Hashable, Sendable {
  case refused(Refusal, path: String)
  /// The last attempt's reason.
  case unreachable(why: String, path: String)
  case unreadable(why: String, path: String)
}

extension QueryError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let refusal, let path): "\(path): \(refusal)"
    case .unreachable(let why, let path): "\(path) did not answer: \(why)"
    case .unreadable(let why, let path): "the answer of \(path) cannot be used: \(why)"
    }
  }
}
