import CConfinement
import CLinux
import Glibc
import Metadata
import Orders
import Processing
import Synchronization
import Workbench

// The worker, with faults: a prompt says which. `[worker:crash]`, `[worker:loop]`, … are done when the outputs are to be
// made; with `[worker:old-crash]` only a worker crashes that has made outputs before. No fault is without an end: a pool
// that does not end it gets its outputs after all, late, so that a test of it fails rather than waits for ever.
PlainEnd.ofEveryFault()
if cconfinement_enter() != nil { exit(1) }
clinux_return_buffers_from(4 << 20)
var runs = 0
let late: UInt32 = 20

/// The word of the directive in a prompt.
func fault(_ prompt: String?) -> String? {
  guard let start = prompt?.firstRange(of: "[worker:"), let rest = prompt?[start.upperBound...] else { return nil }
  return rest.firstIndex(of: "]").map { String(rest[..<$0]) }
}

/// Past the channel.
func send(_ bytes: [UInt8]) {
  clinux_send(STDERR_FILENO + 1, bytes, bytes.count, nil, 0)
}

/// What is done to the outputs of the picture that is worked on.
let spoiling = Mutex<String?>(nil)

/// An output without what it should carry, with something else in its place, or with more.
@Sendable func spoiled(_ bytes: [UInt8]) -> [UInt8] {
  let span = bytes.span
  switch spoiling.withLock({ $0 }) {
  case "unmarked": return (try? Container.rewrite(span, with: MetadataBlocks())) ?? bytes
  case "mismarked":
    let (claim, other) = (Array("trainedAlgorithmicMedia".utf8), Array("digitalCapture/////////".utf8))
    guard let start = bytes.firstRange(of: claim)?.lowerBound else { return bytes }
    return bytes[..<start] + other + bytes[(start + claim.count)...]
  case "surplus": return bytes + Array("left behind".utf8)
  default: return bytes
  }
}

let before = { (order: Order) in
  // Nothing but the limits is told with a header.
  if case .header(let limits) = order, limits.bytes == 77_777_777 { raise(SIGSEGV) }
  guard case .run(let plan, _) = order else { return }
  runs += 1
  let fault = fault(plan.provenance.prompt)
  spoiling.withLock { $0 = fault }
  switch fault {
  case "crash": raise(SIGSEGV)
  case "old-crash": if runs > 1 { raise(SIGSEGV) }
  case "trap": fatalError("a decoder's mistake")
  case "loop":
    let end = ContinuousClock.now + .seconds(Int(late))
    while .now < end { runs &+= 1 }
  case "sleep": sleep(late)
  case "memory":
    var pieces: [[UInt8]] = []
    while pieces.count < 256 { pieces.append([UInt8](repeating: 1, count: 16 << 20)) }
  case "exit": exit(3)
  case "open":
    // Refused, and nothing comes of it.
    if open("/etc/passwd", O_RDONLY) >= 0 { exit(9) }
  case "socket": socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  case "execute": execv("/bin/true", [nil])
  case "garbage":
    let words = [UInt8]("\u{4}\0\0\0nope".utf8)
    send(words)
  case "huge": send([UInt8](repeating: 0xFF, count: 4))
  case "close":
    close(STDERR_FILENO + 1)
    sleep(late)
  case "talk":
    // More than a pipe holds.
    let words = [UInt8](repeating: 0x61, count: 4096)
    var ear = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    while poll(&ear, 1, Int32(late) * 1000) > 0 { write(STDERR_FILENO, words, words.count) }
  default: break
  }
}
var workbench = Workbench(socket: STDERR_FILENO + 1, before: before, altering: spoiled)
do throws(ChannelError) {
  try workbench.serve()
} catch {
  exit(1)
}
