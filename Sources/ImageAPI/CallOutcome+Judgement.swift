// Charged, not charged, or unknown: the one place where it is decided.

extension CallOutcome {
  init(_ exchange: Exchange, configuration: APIConfiguration) {
    guard let head = exchange.head else {
      self = Self.withoutHead(exchange, baseURL: configuration.baseURL)
      return
    }
    let broken = exchange.failure.map { UnknownOutcome.Reason($0, timeLimit: exchange.timeLimit) }
    func unknown(_ reason: UnknownOutcome.Reason) -> CallOutcome {
      .unknown(UnknownOutcome(reason: reason, head: head, bytesReceived: exchange.bytesInSink))
    }
    switch head.status {
    case 200..<300:
      self = broken.map(unknown) ?? .response(head)
    case 300..<400:
      self = unknown(.redirect(location: head["location"]))
    case 429, 503:
      // Not charged by the status alone, whatever the body is and even if it was cut.
      let reply = VendorReply(exchange.plainErrorBody, redactedBy: configuration.key)
      self = .refused(Refusal(status: head.status, reply: reply, head: head))
    case 400..<500, 500:
      if let broken {
        self = unknown(broken)
      } else if let reply = VendorReply(exchange.plainErrorBody, redactedBy: configuration.key) {
        self = .refused(Refusal(status: head.status, reply: reply, head: head))
      } else {
        self = unknown(.notTheVendorsError)
      }
    default:
      // 502, 504 and 52x come from what stands before the API, which may have been at work; the rest says nothing.
      self = unknown(.status)
    }
  }

  private static func withoutHead(_ exchange: Exchange, baseURL: String) -> CallOutcome {
    // Without a head the exchange has not ended by itself.
    let failure = exchange.failure ?? .connection("no response")
    if exchange.wasSent {
      let reason = UnknownOutcome.Reason(failure, timeLimit: exchange.timeLimit)
      return .unknown(UnknownOutcome(reason: reason, head: nil, bytesReceived: 0))
    }
    return switch failure {
    case .timedOut: .notSent(.timedOut(exchange.timeLimit))
    case .cancelled: .notSent(.cancelled)
    case .tls(let why): .notSent(.tls(why))
    case .upload(let why): .notSent(.uploads(why))
    case .connection(let why), .sink(let why): .notSent(.connect("\(baseURL): \(why)"))
    case .tooLarge(let limit): .notSent(.connect("\(baseURL): more than \(limit) bytes"))
    }
  }
}

extension Exchange {
  /// Something before the API may compress an error although that was not asked for.
  fileprivate var plainErrorBody: [UInt8] {
    head.flatMap { ContentCoding($0).decoded(errorBody, limit: Self.errorBodyLimit) } ?? errorBody
  }
}

extension UnknownOutcome.Reason {
  fileprivate init(_ failure: Exchange.Failure, timeLimit: Duration) {
    switch failure {
    case .timedOut: self = .timedOut(timeLimit)
    case .cancelled: self = .cancelled
    case .tls(let why), .connection(let why): self = .connectionLost(why)
    case .upload(let why): self = .uploadFailed(why)
    case .sink(let why): self = .notKept(why)
    case .tooLarge(let limit): self = .tooLarge(limit: limit)
    }
  }
}

extension Refusal {
  /// - Parameter reply: `nil` when a 429 or 503 came without the vendor's JSON.
  fileprivate init(status: Int, reply: VendorReply?, head: ResponseHead) {
    let kind: Kind =
      switch status {
      case 400: .badRequest
      case 401: .unauthorized
      case 402: .paymentRequired(reply?.paymentProblem ?? .insufficientBalance)
      case 403: .forbidden
      case 404: .notFound
      case 413: .tooLarge
      case 415: .unsupportedMediaType
      case 422: .unprocessable
      case 429: .rateLimited
      case 500: .inferenceFailed
      case 503: .overloaded
      default: .otherClientError
      }
    self.init(kind: kind, error: reply?.error ?? VendorError(message: ""), head: head)
  }
}
