import ImageAPI

/// Makes free requests of the API, each when it may go out.
protocol Asking: Sendable {
  func ask<Value: Sendable>(
    _ query: @Sendable () async throws(QueryError) -> Value
  ) async throws(QueryError) -> Value
}

/// For commands: they make a few requests and nothing beside them.
struct AskingAtOnce: Asking {
  func ask<Value: Sendable>(
    _ query: @Sendable () async throws(QueryError) -> Value
  ) async throws(QueryError) -> Value {
    try await query()
  }
}
