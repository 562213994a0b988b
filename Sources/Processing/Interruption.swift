/// Why the process that worked on a picture ended, or was ended, before it was done.
public enum Interruption: Error, Hashable, Sendable, Codable {
  /// - Parameter words: the last that it said; may be empty.
  case signalled(Int32, words: String)
  case exited(status: Int32, words: String)
  /// It took longer than `limits.worker-time`.
  case outOfTime(seconds: Int)
  /// It wanted more bytes than `limits.worker-memory`.
  case outOfMemory(limit: Int)
  /// The picture's file cannot be read.
  case unreadable(errno: Int32)
  /// What it said is no answer.
  case garbled(reason: String)
  /// The system would not let it begin.
  case notStarted(call: String, errno: Int32)
}

extension Interruption: CustomStringConvertible {
  public var description: String {
    switch self {
    case .signalled(let number, let words):
      "the worker that the picture was given to was ended by \(Self.name(ofSignal: number))\(Self.quoted(words)); "
        + "the picture may be damaged, or made to do harm: look at it, and give another"
    case .exited(let status, let words):
      "the worker that the picture was given to ended with status \(status)\(Self.quoted(words)); the picture may be "
        + "damaged, or made to do harm: look at it, and give another"
    case .outOfTime(let seconds):
      "the worker that the picture was given to did not finish within \(seconds) s; ask for less, or raise "
        + "limits.worker-time"
    case .outOfMemory(let limit):
      "the worker that the picture was given to wanted more than \(limit) bytes of memory; ask for less, or raise "
        + "limits.worker-memory"
    case .unreadable(let number):
      "the picture's file cannot be read (error \(number)); see whether the disk is sound"
    case .garbled(let reason):
      "the worker that the picture was given to answered what makes no sense (\(reason)); the picture may be made to do "
        + "harm: look at it, and give another"
    case .notStarted(let call, let number):
      "no worker can be started: \(call): error \(number); see that the machine has processes, memory and descriptors left"
    }
  }

  private static func quoted(_ words: String) -> String { words.isEmpty ? "" : " (\(words))" }

  /// As signal(7) names it, on this machine's architectures.
  private static func name(ofSignal number: Int32) -> String {
    let names: [Int32: String] = [
      2: "SIGINT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV",
      13: "SIGPIPE", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
    ]
    return names[number].map { "\($0) (signal \(number))" } ?? "signal \(number)"
  }
}
