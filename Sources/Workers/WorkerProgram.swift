import Glibc

/// The file that workers are executed from. It is opened once: a newer one that is installed meanwhile is for the next
/// start, with the daemon that it belongs to.
struct WorkerProgram: ~Copyable, Sendable {
  let file: Int32

  static let name = "darkroom-worker"

  /// - Parameter path: `nil` for the one that lies beside this program, or in the `libexec` folder of its tree.
  init(_ path: String?) throws(WorkerProgramError) {
    let places: [String]
    if let path { places = [path] } else { places = try Self.places() }
    for place in places {
      // C borrows the path for the calls.
      let file = unsafe open(place, O_RDONLY | O_CLOEXEC)
      if file >= 0, unsafe access(place, X_OK) == 0 {
        self.file = file
        return
      }
      if file >= 0 { close(file) }
    }
    throw .missing(places: places)
  }

  deinit {
    close(file)
  }

  private static func places() throws(WorkerProgramError) -> [String] {
    var buffer = [CChar](repeating: 0, count: 4097)
    // The kernel fills the buffer during the call, but for the last NUL.
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { throw .missing(places: ["/proc/self/exe"]) }
    let own = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    let folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return ["\(folder)/\(name)", "\(folder)/../libexec/darkroom/\(name)", "\(folder)/../libexec/\(name)"]
  }
}

/// Why no worker can be started.
public enum WorkerProgramError: Error, Hashable, Sendable, CustomStringConvertible {
  case missing(places: [String])
  /// It does not open a picture that is known to be whole.
  case unfit(why: String)

  public var description: String {
    switch self {
    case .missing(let places):
      "the program that opens pictures, \(WorkerProgram.name), is not there (\(places.joined(separator: ", "))); install "
        + "it beside darkroom"
    case .unfit(let why):
      "the program that opens pictures, \(WorkerProgram.name), does not work on this machine: \(why)"
    }
  }
}
