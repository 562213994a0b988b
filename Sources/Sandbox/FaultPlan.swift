/// What the directives of a prompt make of an order that is otherwise in order.
struct FaultPlan: Sendable {
  private enum Ending: Equatable {
    case whole
    case short
    case garbage
    case error(Int)
    case broken(ConnectionFault)
  }

  /// The order with the size and format that the directives want instead.
  private(set) var order: Order
  private(set) var flaws = Studio.Flaws()
  private(set) var latency: Duration = .zero
  private(set) var hangs = false
  private var ending = Ending.whole

  /// - Throws: the error that a `status` directive asks for, where that error charges nothing. What comes back is charged.
  init(_ order: Order, account: Account) throws(Refusal) {
    self.order = order
    for directive in order.directives {
      switch directive {
      case .status(let status, let times, let retryAfter):
        if let times {
          let subject = "\(order.endpoint.path) \(status) \(order.prompt)"
          if account.attempts(of: subject) >= times { continue }
        }
        // A gateway that gave up waiting: the work behind it was done and is charged.
        if Self.gatewayStatuses.contains(status) {
          if ending == .whole { ending = .error(status) }
        } else {
          throw Self.refusal(status, retryAfter)
        }
      case .drop: ending = .broken(.drop)
      case .truncate: ending = .broken(.truncate)
      case .short: ending = .short
      case .garbage: ending = .garbage
      case .size(let size): self.order.size = size
      case .format(let format): self.order.format = format
      case .blurred: flaws.isBlurred = true
      case .violation: flaws.isBlack = true
      case .latency(let duration): latency += duration
      case .hang: hangs = true
      }
    }
  }

  private static let gatewayStatuses: Set<Int> = Set([502, 504] + Array(520...529))

  /// The vendor's words for a status.
  private static func refusal(_ status: Int, _ retryAfter: Int?) -> Refusal {
    var refusal = Refusal(status: status, message: message(status), retryAfter: retryAfter)
    switch status {
    case 400: refusal.issues = [Refusal.Issue(path: ["prompt"], message: "Refused by a [sandbox:status=400] directive")]
    case 422: refusal.extra = ["suggested_prompt": "A quiet landscape at dusk"]
    case 429: refusal.isRateLimit = retryAfter != nil
    default: break
    }
    return refusal
  }

  private static func message(_ status: Int) -> String {
    switch status {
    case 300...399: "Moved"
    case 400: "Invalid request parameters"
    case 401: "This model is only available to Pro users"
    case 402: "Insufficient balance"
    case 403: "Unauthorized"
    case 404: "Specified model not found"
    case 413: "The request body is too large"
    case 415: "Invalid request content-type"
    case 422: "Your prompt violates the content policy"
    case 429: "Rate limit exceeded"
    case 500: "Inference processing failed"
    case 502: "Bad gateway"
    case 503: "The model is at capacity. Please try again later."
    case 504: "Gateway timeout"
    default: "An unknown error occurred"
    }
  }

  var needsPictures: Bool {
    switch ending {
    case .whole, .short, .broken(.truncate): !hangs
    case .garbage, .error, .broken(.drop): false
    }
  }

  func applied(to packing: Packing, _ pictures: [[UInt8]]) -> Reply {
    var reply: Reply
    switch ending {
    case .error(let status): return Reply(Refusal(status: status, message: Self.message(status)))
    case .broken(.drop): return .closedConnection
    case .garbage:
      return Reply(
        mediaType: "text/html; charset=utf-8",
        body: Array("<!DOCTYPE html>\n<html><body><h1>We will be right back</h1></body></html>\n".utf8))
    case .short: reply = packing.reply(pictures.map { Array($0.prefix($0.count / 2)) })
    case .whole: reply = packing.reply(pictures)
    case .broken(.truncate):
      reply = packing.reply(pictures)
      reply.fault = .truncate
    }
    reply.headers["x-venice-is-blurred"] = String(flaws.isBlurred)
    reply.headers["x-venice-is-content-violation"] = String(flaws.isBlack)
    return reply
  }
}
