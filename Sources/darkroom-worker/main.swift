import CLinux
import Glibc
import Orders
import Workbench

// The process that opens pictures. It is started by `darkroom`, with one socket and nothing else, and is of no use without.
// Large buffers go back to the system when a picture is done: a worker that waits holds nothing.
clinux_return_buffers_from(4 << 20)
PlainEnd.ofEveryFault()
var workbench = Workbench(socket: STDERR_FILENO + 1)
do throws(ChannelError) {
  try workbench.serve()
} catch {
  // The daemon reads the last words of a worker that ends.
  print("darkroom-worker: \(error); it is started by darkroom, not by hand")
  exit(1)
}
