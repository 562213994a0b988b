import Glibc

/// What a fault does to this process.
public enum PlainEnd {
  /// Lets every signal end it at once, with nothing done in between: the Swift runtime would start a program that writes
  /// a backtrace, which takes time, and rights that a worker does not have.
  public static func ofEveryFault() {
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS, SIGQUIT] {
      signal(number, SIG_DFL)
    }
  }
}
