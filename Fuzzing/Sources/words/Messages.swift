import Codecs
import Documents
import FoundationEssentials
import Glibc
import Harness
import Metadata
import Orders
import Processing
import Raster
import Requests

@testable import Control

/// What comes over sockets: a worker's replies to the daemon, which may be another's by then, and the control socket's
/// lines from both sides.
enum Messages {
  static let targets = [
    FuzzTarget("reply", reply), FuzzTarget("order", order), FuzzTarget("control-question", question),
    FuzzTarget("control-line", line),
  ]

  // MARK: Workers

  private static func received<Message: Codable>(_ type: Message.Type, _ bytes: [UInt8]) -> Message? {
    var ends: [Int32] = [-1, -1]
    // The kernel fills the two numbers during the call.
    guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
      fatalError("socketpair: error \(errno)")
    }
    let channel = Channel(socket: ends[0])
    // C reads the bytes during the call; a socket takes as many as an input has.
    let written = unsafe Glibc.write(ends[1], bytes, bytes.count)
    promise(written == bytes.count, "the input fits the socket")
    close(ends[1])
    var patience: Duration? = .seconds(1)
    do throws(ChannelError) {
      let message = try channel.receive(type, limit: 1 << 16, files: 2, patience: &patience).message
      check(message)
      return message
    } catch {
      switch error {
      case .garbled, .closed: promise(!error.description.isEmpty, "an error has words")
      case .timedOut, .system: fatalError("a broken promise: what is there is read at once: \(error)")
      }
      return nil
    }
  }

  /// Whoever passes a message on says the same.
  private static func check<Message: Codable>(_ message: Message) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    do {
      let text = try encoder.encode(message)
      let again = try encoder.encode(JSONDecoder().decode(Message.self, from: text))
      promise(text == again, "a message says the same when it is passed on: \(message)")
    } catch {
      fatalError("a broken promise: a message can be passed on: \(error)")
    }
  }

  private static let recipes: [Recipe] = {
    let texts = [
      "outputs: [{ file: '{name}-{width}.webp', resize: { width: [320, 640], fit: inside } }, { file: '{name}.jpg' }]",
      "verify: { size: requested, on-mismatch: accept }\noutputs: [{ file: '{name}.png', metadata: keep }]",
    ]
    return texts.map { text in
      sure("a pipeline is right") { () throws(RequestError) in
        try PipelineReader.read(Array(text.utf8), file: "p.yaml").recipe
      }
    }
  }()

  /// What the daemon makes of an answer: it plans for what the report says.
  private static func reply(_ bytes: [UInt8]) {
    guard let reply = received(Reply.self, bytes) else { return }
    switch reply {
    case .failed(let error): promise(!error.description.isEmpty, "an error has words")
    case .made(let warnings, _): for warning in warnings { promise(!warning.description.isEmpty, "so has a warning") }
    case .examined(let report): plan(for: report)
    case .header, .surveyed, .fitted, .inspected, .finished, .unreadable: break
    }
  }

  private static func plan(for report: OriginalReport) {
    // As `WorkerPool` asks.
    let most = Int(Int32.max)
    let size = report.header.size
    guard size.width <= most, size.height <= most, size.pixelCount ?? .max <= 100_000_000, report.surveys.isEmpty else {
      return
    }
    let job = JobFacts(
      name: "job", job: "1", pipeline: "p", date: "2026-01-02", requestedSize: .exact(Size(width: 64, height: 64)),
      provenance: Provenance(source: .untouched, created: "2026-01-02T03:04:05Z"))
    for recipe in recipes {
      do throws(ProcessingError) {
        let plan = try Processor.plan(recipe, for: report, original: OriginalFacts(), job: job)
        for output in plan.outputs { promise(output.size.width > 0 && output.size.height > 0, "\(output)") }
        check(Order.run(plan, Limits()))
      } catch {
        promise(!error.description.isEmpty, "an error has words")
      }
    }
  }

  private static func order(_ bytes: [UInt8]) {
    _ = received(Order.self, bytes)
  }

  // MARK: Control

  private static func question(_ bytes: [UInt8]) {
    do throws(ControlRefusal) {
      let question = try ControlQuestion(line: bytes, spool: "/spool")
      let line = question.line(spool: "/spool")
      promise(line.firstIndex(of: 0x0A) == line.count - 1, "a question is one line")
      let again = sure("a question can be passed on") { () throws(ControlRefusal) in
        try ControlQuestion(line: line, spool: "/spool")
      }
      promise(again == question, "asked \(question), read \(again)")
    } catch {
      promise(!error.message.isEmpty, "a refusal has words")
      promise(ControlLine(ControlLine.refusal(error).bytes) == .refusal(error), "a refusal travels: \(error)")
    }
  }

  private static func line(_ bytes: [UInt8]) {
    guard let line = ControlLine(bytes) else { return }
    promise(line.bytes.firstIndex(of: 0x0A) == line.bytes.count - 1, "an answer's line is one")
    promise(ControlLine(line.bytes) == line, "it says the same when it is passed on: \(line)")
  }
}
