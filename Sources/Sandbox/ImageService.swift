import Crypto
import FoundationEssentials
import NIOPosix
import ServiceLifecycle

/// Answers the paid calls: reads the order, decides what goes wrong, draws, charges, answers, in this order. What is
/// refused is never charged; what is charged is in the log before the first byte of the answer goes out.
struct ImageService: Sendable {
  let catalogue: Catalogue
  let account: Account
  let charges: ChargeLog?
  let history: UsageHistory
  let latency: Duration
  /// Whether a 402 has the shape for x402 wallets.
  let demandsX402: Bool

  /// A call as it came in.
  struct Call: Sendable {
    let endpoint: PaidEndpoint
    let key: String
    let idempotencyKey: String?
    let contentType: String
    let body: [UInt8]
  }

  func reply(to call: Call) async -> Reply {
    let id = "\(call.endpoint.idPrefix)-\(UUID().uuidString.lowercased())"
    var rate: Account.Rate
    var reply: Reply
    do throws(Refusal) {
      rate = try account.admit(call.key, now: Self.now)
      reply = try await answer(call, id: id)
      if reply.status >= 400 { account.failed(call.key, now: Self.now) }
    } catch {
      account.failed(call.key, now: Self.now)
      reply =
        error.status == 402 && demandsX402
        ? PaymentRequired.insufficientBalance(call.endpoint, balance: account.balance, now: .now) : Reply(error)
      rate = account.rate(of: call.key, now: Self.now)
      if error.isRateLimit, let wait = error.retryAfter {
        rate = Account.Rate(limit: rate.limit, remaining: 0, reset: Int(Self.now.rounded(.up)) + wait)
      } else if error.status == 429 {
        // "Model overloaded": the key's own rate has nothing to do with it, and the vendor sends no rate headers.
        reply.headers["x-request-id"] = id
        return reply
      }
    }
    reply.headers["x-request-id"] = id
    reply.describe(rate)
    return reply
  }

  static var now: Double { Date().timeIntervalSince1970 }

  private func answer(_ call: Call, id: String) async throws(Refusal) -> Reply {
    let clock = ContinuousClock()
    let start = clock.now
    let (order, echo) = try await Self.offCooperativePool { () throws(Refusal) in
      let body = try RequestBody(call.body, contentType: call.contentType, endpoint: call.endpoint)
      return (try Order(call.endpoint, body, catalogue: catalogue), body.fields)
    }
    let plan = try FaultPlan(order, account: account)
    let pictures: [[UInt8]] =
      plan.needsPictures
      ? try await Self.offCooperativePool { () throws(Refusal) in try Studio.pictures(plan.order, flaws: plan.flaws) }
      : []
    let balance = try account.pay(order.price)
    do throws(Refusal) {
      if let charges {
        try await Self.offCooperativePool { () throws(Refusal) in try record(call, order, id: id, in: charges) }
      }
    } catch {
      account.topUp(order.price)
      throw error
    }
    let worked = clock.now - start
    history.record(
      UsageHistory.Entry(
        time: Int(Self.now * 1000), requestID: id, model: order.model.id, price: order.price, units: order.variants,
        milliseconds: worked.milliseconds))
    let wait = latency + plan.latency
    do {
      // A call that waits ends with the server instead of holding it up: its answer never comes.
      try await cancelWhenGracefulShutdown {
        if plan.hangs { try await Task.sleep(for: .seconds(Int32.max)) }
        if wait > .zero { try await Task.sleep(for: wait) }
      }
    } catch {
      return .closedConnection
    }
    let elapsed = clock.now - start
    let packed = Packing(id: id, order: plan.order, request: echo, elapsed: elapsed)
    var reply = plan.applied(to: packed, pictures)
    reply.headers["x-venice-balance-usd"] = balance.headerText
    reply.headers["x-balance-remaining"] = balance.headerText
    return reply
  }

  private func record(_ call: Call, _ order: Order, id: String, in charges: ChargeLog) throws(Refusal) {
    let digest = SHA256.hash(data: call.body)
    let line: JSON = [
      "time": .string(Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))),
      "id": .string(id),
      "key": call.idempotencyKey.map(JSON.string) ?? .null,
      "endpoint": .string(call.endpoint.path),
      "model": .string(order.model.id),
      "usd": order.price.json,
      "sha256": .string(digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()),
    ]
    do throws(SandboxError) { try charges.append(line) } catch {
      throw Refusal(status: 500, message: "The charge could not be recorded, nothing was charged: \(error)")
    }
  }

  /// Runs long or blocking work on NIO's threads for that, so that the cooperative pool stays free.
  static func offCooperativePool<Value: Sendable>(
    _ work: @escaping @Sendable () throws(Refusal) -> Value
  ) async throws(Refusal) -> Value {
    let result: Result<Value, Refusal>
    do {
      result = try await NIOThreadPool.singleton.runIfActive { Result(catching: work) }
    } catch {
      throw Refusal(status: 503, message: "The local API is shutting down")
    }
    return try result.get()
  }
}

extension Duration {
  /// Whole milliseconds.
  var milliseconds: Int { Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000) }
}
