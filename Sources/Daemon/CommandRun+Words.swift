import Glibc
import Workers

extension CommandRun.Outcome {
  /// What went wrong, with the last that the program said; `nil` when nothing did.
  func failure(timeout: Duration) -> String? {
    let what: String
    switch end {
    case .exited(0): return nil
    case .exited(let status): what = "it ended with status \(status)"
    case .signalled(let number): what = "it was ended by signal \(number)"
    case .timedOut: what = "it was ended after \(timeout)"
    case .stopped: what = "it was ended with the daemon"
    case .notStarted(let number):
      // The text is the C library's for as long as the thread lives; it is copied at once.
      what = "it cannot be started: \(unsafe strerror(number).map { unsafe String(cString: $0) } ?? "errno \(number)")"
    }
    let said = OneLine.text(String(decoding: tail, as: UTF8.self), limit: 600, keeping: .end)
    return said.isEmpty ? what : "\(what): \(said)"
  }
}
