import CLinux
import Glibc
import Orders
import Processing
import Workbench

// The worker, with faults: a prompt says which. `[worker:crash]`, `[worker:loop]`, … are done when the outputs are to be
// made; with `[worker:old-crash]` only a worker crashes that has made outputs before.
clinux_return_buffers_from(4 << 20)
PlainEnd.ofEveryFault()
var runs = 0

/// The word of the directive in a prompt.
func fault(_ prompt: String?) -> String? {
  guard let start = prompt?.firstRange(of: "[worker:"), let rest = prompt?[start.upperBound...] else { return nil }
  return rest.firstIndex(of: "]").map { String(rest[..<$0]) }
}

var workbench = Workbench(socket: STDERR_FILENO + 1) { order in
  guard case .run(let plan, _) = order else { return }
  runs += 1
  switch fault(plan.provenance.prompt) {
  case "crash": kill(getpid(), SIGSEGV)
  case "old-crash": if runs > 1 { kill(getpid(), SIGSEGV) }
  case "trap": fatalError("a decoder's mistake")
  case "loop": while true { runs &+= 1 }
  case "sleep": while true { sleep(1000) }
  case "memory":
    var pieces: [[UInt8]] = []
    while true { pieces.append([UInt8](repeating: 1, count: 16 << 20)) }
  case "exit": exit(3)
  case "garbage":
    let words = [UInt8]("\u{4}\0\0\0nope".utf8)
    write(STDERR_FILENO + 1, words, words.count)
  case "huge": write(STDERR_FILENO + 1, [UInt8](repeating: 0xFF, count: 4), 4)
  case "close":
    close(STDERR_FILENO + 1)
    sleep(1000)
  case "talk":
    // More than a pipe holds.
    let words = [UInt8](repeating: 0x61, count: 1 << 20)
    write(STDERR_FILENO, words, words.count)
  default: break
  }
}
do throws(ChannelError) {
  try workbench.serve()
} catch {
  exit(1)
}
