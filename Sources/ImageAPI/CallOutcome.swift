/// How a paid call ended. The case alone says what is known about the money.
public enum CallOutcome: Sendable, Hashable {
  /// 2xx, and the whole body is in the sink: charged.
  case response(ResponseHead)
  /// The vendor said no: not charged. Nothing is in the sink.
  case refused(Refusal)
  /// No byte of the request left this machine: not charged. Nothing is in the sink.
  case notSent(SendFailure)
  /// The call may have been charged; whatever body was received is in the sink. Never sent again by itself.
  case unknown(UnknownOutcome)
}

/// Why nothing was sent.
public enum SendFailure: Error, Sendable, Hashable {
  /// The name did not resolve, nobody listens, the network is down, or the connection took too long.
  case connect(String)
  case tls(String)
  /// The total time-out passed before there was a connection.
  case timedOut(Duration)
  case cancelled
  /// The uploads do not match the operation's files, are too large, or cannot be read.
  case uploads(String)
}

/// A call whose charge cannot be told.
public struct UnknownOutcome: Sendable, Hashable {
  public enum Reason: Sendable, Hashable {
    case timedOut(Duration)
    /// The connection broke after it could have carried a byte, and before the whole response was there.
    case connectionLost(String)
    /// The content of an upload could not be read to its end, so the request was broken off.
    case uploadFailed(String)
    /// 502, 504, 52x, and any other status that neither pays nor refuses for certain.
    case status
    /// The status would refuse, but the body is not the vendor's JSON error: something between may have answered.
    case notTheVendorsError
    /// Not followed: a redirect says nothing about what was done before it.
    case redirect(location: String?)
    /// The body is larger than the limit, in bytes.
    case tooLarge(limit: Int)
    /// The response came, and could not be kept.
    case notKept(String)
    case cancelled
  }

  public let reason: Reason
  /// The head of the response, if one came.
  public let head: ResponseHead?
  /// Of the body, handed to the sink.
  public let bytesReceived: Int

  public init(reason: Reason, head: ResponseHead?, bytesReceived: Int) {
    self.reason = reason
    self.head = head
    self.bytesReceived = bytesReceived
  }
}

extension SendFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .connect(let why): "no connection to the API: \(why). Nothing was sent"
    case .tls(let why): "TLS failed: \(why). Nothing was sent"
    case .timedOut(let limit): "no connection to the API within \(limit). Nothing was sent"
    case .cancelled: "stopped before anything was sent"
    case .uploads(let why): "the uploads cannot be sent: \(why). Nothing was sent"
    }
  }
}

extension UnknownOutcome {
  /// Whether something of the answer is in the sink that is worth keeping.
  public var isKept: Bool {
    if case .notKept = reason { false } else { bytesReceived > 0 }
  }
}

extension UnknownOutcome: CustomStringConvertible {
  public var description: String {
    "\(reason.words(status: head?.status)). The call may have been charged; "
      + "\(isKept ? bytesReceived : 0) bytes of the answer were kept"
  }
}

extension UnknownOutcome.Reason {
  /// - Parameter status: of the response, if one came.
  func words(status: Int?) -> String {
    let status = status.map { "status \($0)" } ?? "no status"
    return switch self {
    case .timedOut(let limit): "the API did not finish its answer within \(limit)"
    case .connectionLost(let why): "the connection was lost after sending (\(status)): \(why)"
    case .uploadFailed(let why): "the request was broken off: \(why)"
    case .status: "the API, or something before it, answered with \(status)"
    case .notTheVendorsError: "an answer with \(status) is not the vendor's error"
    case .redirect(let location):
      "the call was redirected\(location.map { " to \($0)" } ?? ""), which is not followed: check api.base-url"
    case .tooLarge(let limit): "the answer (\(status)) is larger than \(limit) bytes"
    case .notKept(let why): "the answer (\(status)) could not be kept: \(why)"
    case .cancelled: "stopped while the API was at work"
    }
  }
}
