/// Runs work that ends soon after its task is cancelled, and cancels it when its time is over.
///
/// - Parameter onExpiry: called with the work's result when the time was over before the work had ended.
func withTimeLimit<Result: Sendable>(
  _ limit: Duration, _ work: @escaping @Sendable () async -> Result, onExpiry: (inout Result) -> Void
) async -> Result {
  await withTaskGroup(of: End<Result>.self) { group in
    group.addTask { .work(await work()) }
    group.addTask {
      do {
        try await Task.sleep(for: limit)
        return .timer(expired: true)
      } catch {
        return .timer(expired: false)
      }
    }
    var expired = false
    while let end = await group.next() {
      switch end {
      case .work(var result):
        group.cancelAll()
        if expired { onExpiry(&result) }
        return result
      case .timer(true):
        expired = true
        group.cancelAll()
      case .timer(false):
        break
      }
    }
    preconditionFailure("the group ended without its work")
  }
}

private enum End<Result: Sendable>: Sendable {
  case work(Result)
  case timer(expired: Bool)
}
