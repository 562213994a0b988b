import CLinux
import Glibc

/// Whether somebody writes to a file, as far as it can be told.
public enum Writers: Sendable, Hashable {
  /// Nobody on this machine has it open for writing. Says nothing of other machines.
  case none
  /// Somebody has it open for writing.
  case some
  /// The kernel does not tell: the file is another user's, or its file system has no leases.
  case unknown
}

extension Inbox {
  /// Asks the kernel whether anybody has a file open for writing.
  ///
  /// - Throws: what opening it throws.
  public func writers(of relativePath: String) throws(SpoolError) -> Writers {
    let relative = try RelativePath(relativePath)
    let root = try Folder(path: path)
    let file = try open(relative, in: root)
    guard try file.status(path: root.pathOf(relative.text)).kind == .regular else { return .unknown }
    return switch clinux_is_open_for_writing(file.number) {
    case 0: .none
    case 1: .some
    default: .unknown
    }
  }
}
