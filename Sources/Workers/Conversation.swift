import Orders
import Processing

/// What is said to one worker about one picture, and how much of its time is left.
struct Conversation: ~Copyable {
  let worker: WorkerProcess
  private let time: Duration
  private let memory: Int
  /// The time that is spent waiting for the worker counts, and no other.
  private var patience: Duration?

  /// Bytes of an answer; an inspection may quote long texts.
  private static let answerLimit = 1 << 20
  static let inspectionLimit = 128 << 20

  init(with worker: WorkerProcess, time: Duration, memory: Int) throws(Interruption) {
    self.worker = worker
    self.time = time
    self.memory = memory
    patience = time
    try worker.allow(time)
  }

  mutating func say(_ order: Order, files: [Int32] = []) throws(ProcessingError) {
    do throws(ChannelError) {
      try worker.channel.send(order, files: files, patience: &patience)
    } catch {
      throw .interrupted(interruption(error))
    }
  }

  /// - Throws: what the worker says of the picture, or why it says nothing.
  mutating func hear(limit: Int = answerLimit) throws(ProcessingError) -> Reply {
    let reply: Reply
    do throws(ChannelError) {
      reply = try worker.channel.receive(Reply.self, limit: limit, patience: &patience).message
    } catch {
      throw .interrupted(interruption(error))
    }
    switch reply {
    case .failed(.interrupted): throw garbled("it says that it has ended")
    case .failed(let error): throw error
    case .unreadable(let number):
      worker.end()
      throw .interrupted(.unreadable(errno: number))
    case .header, .examined, .surveyed, .made, .fitted, .inspected, .finished: return reply
    }
  }

  /// The worker is not to be trusted any more, and is ended with this.
  func garbled(_ reason: String) -> ProcessingError {
    worker.end()
    return .interrupted(.garbled(reason: reason))
  }

  private func interruption(_ error: ChannelError) -> Interruption {
    switch error {
    case .timedOut:
      worker.end()
      return .outOfTime(seconds: Int(time.components.seconds))
    case .closed: return worker.lastWords(time: time, memory: memory)
    case .garbled(let reason):
      worker.end()
      return .garbled(reason: OneLine.text(reason, keeping: .beginning))
    case .system(let call, let number):
      worker.end()
      return .garbled(reason: "\(call): error \(number)")
    }
  }
}
