import Documents
import ImageAPI
import Ledger

/// Asks the API what it charged, on behalf of people who look at a job; free. However many ask, one request is under way
/// at a time, what was found is told again for a while, and an API that refuses is left alone: the vendor blocks keys
/// whose requests fail too often.
actor UsageInquiry {
  private let client: APIClient
  private var found: [Question: (document: JSONObject, until: ContinuousClock.Instant)] = [:]
  private var refusal: (words: String, until: ContinuousClock.Instant)?
  private var isBusy = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  private struct Question: Hashable {
    var job: JobID
    var ordinal: Int
  }

  private static let lifetime = Duration.seconds(15)
  private static let pauseAfterRefusal = Duration.seconds(300)

  init(client: APIClient) {
    self.client = client
  }

  /// What the vendor's history says about a call whose outcome is not known.
  ///
  /// - Parameter answered: the calls of a time whose answers are kept.
  func document(
    about call: Call, answered: @Sendable (Timestamp, Timestamp) async throws -> [Call]
  ) async throws -> JSONObject {
    await enter()
    defer { leave() }
    let question = Question(job: call.job, ordinal: call.ordinal)
    let clock = ContinuousClock.now
    found = found.filter { $0.value.until > clock }
    if let known = found[question] { return known.document }
    if let refusal, refusal.until > clock { return Self.unavailable(refusal.words) }
    let window = Reconciliation.window(of: call, timeout: client.configuration.timeout, now: .now())
    let document: JSONObject
    do throws(QueryError) {
      let history = try await client.usageHistory(
        from: Int(window.from.microseconds / 1000), until: Int(window.until.microseconds / 1000))
      let earlier = Timestamp(
        microseconds: window.from.microseconds - client.configuration.timeout.components.seconds * 1_000_000)
      let kept = try? await answered(earlier, window.until).filter { $0.state == .responded }
      guard let kept else { return Self.unavailable("the ledger could not be read") }
      document = Self.document(
        Reconciliation(call, window: window, history: history, answered: kept), call, isWhole: history.isWhole)
    } catch {
      if case .refused(let answer, _) = error {
        let words = Self.words(answer)
        refusal = (words, .now + Self.pauseAfterRefusal)
        return Self.unavailable(words)
      }
      return Self.unavailable("the API's usage history could not be read: \(error)")
    }
    found[question] = (document, .now + Self.lifetime)
    return document
  }

  private static func document(_ result: Reconciliation, _ call: Call, isWhole: Bool) -> JSONObject {
    var document = result.document
    var words = result.words
    if !isWhole { words += "; the history is longer than was looked at" }
    if call.started.age(at: .now()) < 600 { words += "; the vendor may enter charges late: look again in ten minutes" }
    document["words"] = .string(words)
    return document
  }

  static func unavailable(_ why: String) -> JSONObject {
    JSONObject([
      ("finding", .string("unavailable")),
      ("words", .string("\(why); look at the vendor's usage page before you release the job")),
    ])
  }

  private static func words(_ refusal: Refusal) -> String {
    switch refusal.head.status {
    case 401, 403: "this key may not read its usage history (\(refusal.head.status))"
    case 404: "the API offers no usage history (404)"
    default: "the API refuses its usage history: \(refusal)"
    }
  }

  // MARK: One at a time

  private func enter() async {
    if !isBusy {
      isBusy = true
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  private func leave() {
    if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
  }
}
