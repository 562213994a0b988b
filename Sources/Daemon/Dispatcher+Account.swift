import ImageAPI
import Ledger

/// Whether the account pays and the key is good, asked by free requests.
extension Dispatcher {
  /// A free request goes out as soon as it cannot be a failure too many for the key.
  func ask<Value: Sendable>(
    _ query: @Sendable () async throws(QueryError) -> Value
  ) async throws(QueryError) -> Value {
    var isCounted = schedule.queryBegan(now: .now)
    // Only time makes room, as failures of the key grow old. A cancelled task's query ends by itself, before anything
    // goes out.
    while !isCounted, (try? await Task.sleep(for: Self.queryPause)) != nil {
      isCounted = schedule.queryBegan(now: .now)
    }
    do throws(QueryError) {
      let answer = try await query()
      if isCounted { schedule.queryEnded(isFailure: false, now: .now) }
      wake()
      return answer
    } catch {
      if isCounted { schedule.queryEnded(isFailure: true, now: .now) }
      wake()
      throw error
    }
  }

  /// After this a free request that found no room tries again.
  private static let queryPause = Duration.seconds(1)

  /// 401 says that the key is wrong or that the model is beyond its plan; whether a free request works tells which.
  func keyState() async -> Schedule.AccountState {
    do throws(QueryError) {
      return try await client.isAccessPermitted() ? .works : .refused
    } catch {
      return error.concernsKey ? .refused : .unknown
    }
  }

  /// 402 says that the account is empty, or that this call costs more than is left.
  func balanceState() async -> Schedule.AccountState {
    do throws(QueryError) {
      return try await client.canConsume() ? .works : .refused
    } catch {
      return .unknown
    }
  }

  /// Asks now and then whether the account is open again, until it is stopped.
  func watchAccount() async {
    while !isStopped, !Task.isCancelled {
      // Nobody tells that an account was topped up, or a key mended.
      try? await Task.sleep(for: schedule.accountCheck(after: configuration.accountCheck))
      guard let reason = schedule.closed else { continue }
      let client = self.client
      let isOpen =
        switch reason {
        case .account: try? await ask { () throws(QueryError) in try await client.canConsume() }
        case .key, .rate, .budget, .capacity, .network, .retry, .room, .place, .refusal:
          try? await ask { () throws(QueryError) in try await client.isAccessPermitted() }
        }
      guard isOpen == true else { continue }
      guard schedule.accountOpened(now: .now) else { continue }
      do {
        // A 402 and a 403 in flight together leave jobs that wait for either.
        try ledger.resume(.account)
        try ledger.resume(.key)
        observe(.accountOpened)
      } catch {
        stop(because: error)
      }
      wake()
    }
  }
}

extension QueryError {
  /// The API refused the key, and not merely to answer now.
  fileprivate var concernsKey: Bool {
    guard case .refused(let refusal, _) = self else { return false }
    return refusal.kind == .unauthorized || refusal.kind == .forbidden
  }
}
