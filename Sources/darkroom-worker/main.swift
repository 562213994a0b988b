import CConfinement
import CLinux
import Glibc
import Orders
import Workbench

// The process that opens pictures. It is started by `darkroom`, with one socket and nothing else, and is of no use without.
//
// Its rights go before anything else is done, while there is one thread: others that were there already would keep theirs.
PlainEnd.ofEveryFault()
// The text is a constant of the library's.
if let failed = unsafe cconfinement_enter() {
  let error = errno
  // The daemon reads the last words of a worker that ends.
  print("darkroom-worker: its rights cannot be given up: \(unsafe String(cString: failed)): error \(error)")
  exit(1)
}
// Large buffers go back to the system when a picture is done: a worker that waits holds nothing.
clinux_return_buffers_from(4 << 20)
var workbench = Workbench(socket: STDERR_FILENO + 1)
do throws(ChannelError) {
  try workbench.serve()
} catch {
  print("darkroom-worker: \(error); it is started by darkroom, not by hand")
  exit(1)
}
