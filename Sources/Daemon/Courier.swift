import Documents
import Glibc
import ImageAPI
import Ledger
import Workers

/// Makes one attempt at a delivery, and says what came of it.
struct Courier: Sendable {
  enum Outcome: Sendable, Hashable {
    case delivered
    /// Attempted again after a while.
    ///
    /// - pause: what the receiver asks for.
    case failed(String, pause: Duration? = nil)
    /// The receiver wants none of it, ever.
    case refused(String)
    /// The daemon ends.
    case stopped
  }

  private let outputPath: String
  private let configuration: AfterConfiguration
  private let client: WebhookClient
  /// One for each command under way.
  private let threads: BlockingWork

  init(outputPath: String, configuration: AfterConfiguration) {
    self.outputPath = outputPath
    self.configuration = configuration
    client = WebhookClient(timeout: configuration.timeout)
    threads = BlockingWork(name: "commands", threads: configuration.concurrency)
  }

  func deliver(_ delivery: Delivery, _ body: String?, of job: Job, attempt: Int) async -> Outcome {
    switch delivery.kind {
    case .run: await run(delivery, of: job, attempt: attempt)
    case .webhook: await post(delivery, Array((body ?? "").utf8))
    }
  }

  // MARK: Commands

  private func run(_ delivery: Delivery, of job: Job, attempt: Int) async -> Outcome {
    let directory = "\(outputPath)/\(job.place)"
    let command = CommandRun(
      arguments: delivery.arguments, environment: environment(delivery, job, directory, attempt), directory: directory,
      timeout: configuration.timeout)
    guard !command.arguments.isEmpty else { return .refused("the ledger holds no command") }
    let outcome = await command.run(on: threads)
    guard let failure = outcome.failure(timeout: configuration.timeout) else { return .delivered }
    return outcome.end == .stopped ? .stopped : .failed(failure)
  }

  /// All that a command is told of the world: nothing of the daemon's own environment, and no name that is one of the
  /// settings (`DARKROOM_OUTPUT` would send a `darkroom` that it calls to another tree).
  private func environment(
    _ delivery: Delivery, _ job: Job, _ directory: String, _ attempt: Int
  ) -> [String: String] {
    [
      "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
      "HOME": configuration.home, "DARKROOM_JOB": job.id.description, "DARKROOM_NAME": job.name,
      "DARKROOM_PIPELINE": job.pipeline, "DARKROOM_PLACE": job.place, "DARKROOM_DIRECTORY": directory,
      "DARKROOM_MANIFEST": "\(directory)/\(Manifest.fileName)", "DARKROOM_KEY": delivery.key,
      "DARKROOM_ATTEMPT": "\(attempt)",
    ]
  }

  // MARK: Webhooks

  /// Standard Webhooks 1.0.0: the headers, the signature, and what the status means.
  private func post(_ delivery: Delivery, _ body: [UInt8]) async -> Outcome {
    let timestamp = Timestamp.now().microseconds / 1_000_000
    // Nothing of a job is in a header: the key is an id of ours, the rest numbers and base64.
    var headers = [
      ResponseHead.Header(name: "Idempotency-Key", value: delivery.key),
      ResponseHead.Header(name: "webhook-id", value: delivery.key),
      ResponseHead.Header(name: "webhook-timestamp", value: "\(timestamp)"),
    ]
    if !configuration.secrets.isEmpty {
      let signatures = configuration.secrets.map { $0.signature(id: delivery.key, timestamp: timestamp, body: body) }
      headers.append(ResponseHead.Header(name: "webhook-signature", value: signatures.joined(separator: " ")))
    }
    switch await client.post(WebhookClient.Message(url: delivery.target, headers: headers, body: body)) {
    case .answered(let head, let answer): return Self.judge(head, answer, wallClock: Int(timestamp))
    case .failed(let why): return .failed(why)
    case .cancelled: return .stopped
    }
  }

  static func judge(_ head: ResponseHead, _ answer: [UInt8], wallClock: Int) -> Outcome {
    let said = OneLine.text(String(decoding: answer, as: UTF8.self), limit: 200, keeping: .end)
    let words = "status \(head.status)\(said.isEmpty ? "" : ": \(said)")"
    switch head.status {
    case 200..<300: return .delivered
    case 410: return .refused("\(words); the receiver wants no more messages")
    case 300..<400: return .failed("\(words); no redirect is followed: the pipeline has to name the new URL")
    default: return .failed(words, pause: head.pause(wallClock: wallClock))
    }
  }
}

extension ResponseHead {
  /// What `Retry-After` asks for. An absolute time is of the server's clock, and so is its `Date`.
  fileprivate func pause(wallClock: Int) -> Duration? {
    switch retryAfter {
    case .seconds(let seconds): return .seconds(max(seconds, 0))
    case .date(let time):
      let (seconds, overflow) = time.subtractingReportingOverflow(date ?? wallClock)
      return overflow ? nil : .seconds(max(seconds, 0))
    case nil: return nil
    }
  }
}

extension Delivery {
  /// Of a command; none for a webhook.
  var arguments: [String] {
    guard kind == .run, case .array(let items)? = try? DocumentReader.json(Array(target.utf8)).value else { return [] }
    return items.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }

  /// For people: the program with its arguments, or the URL without its query, which may hold a secret.
  public var words: String {
    switch kind {
    case .run: "run \(OneLine.text(arguments.joined(separator: " "), keeping: .end))"
    case .webhook: "webhook \(OneLine.text(String(target.prefix { $0 != "?" && $0 != "#" }), keeping: .end))"
    }
  }
}
