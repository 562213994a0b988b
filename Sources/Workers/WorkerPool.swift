import CLinux
import Codecs
import Orders
import Processing
import Raster
import Synchronization

/// Workers: pictures are opened in processes of their own, so that whatever a picture does to a decoder ends one worker and
/// nothing else. This is the daemon's side: a pool of workers, each started when it is wanted, kept, and given one picture
/// after the other.
///
/// A picture whose worker ends before it is done is given to a fresh one, since the cause may have been another; if that one
/// ends as well, the picture is at fault: ``ProcessingError/interrupted(_:)``. It fails at start when the worker's program
/// is missing. All functions block, and may be called from any thread.
public final class WorkerPool: Sendable {
  public struct Configuration: Sendable {
    /// The worker's program; `nil` for the one that lies beside this one.
    public var program: String?
    /// How long one picture may take, all its outputs together: of the clock, and of a processor.
    public var time: Duration
    /// A worker's address space, in bytes.
    public var memory: Int

    public init(program: String? = nil, time: Duration = .seconds(300), memory: Int = 2 << 30) {
      self.program = program
      self.time = time
      self.memory = memory
    }
  }

  /// What a picture may be.
  public let limits: Limits

  private let configuration: Configuration
  private let program: WorkerProgram
  private let kept: Int
  private let idle = Mutex<[WorkerProcess]>([])

  /// - Parameter kept: workers that wait for further pictures; at least 1. There are as many at once as callers.
  public init(_ configuration: Configuration = Configuration(), limits: Limits, kept: Int) throws(WorkerProgramError) {
    self.configuration = configuration
    self.limits = limits
    self.kept = max(kept, 1)
    program = try WorkerProgram(configuration.program)
  }

  /// Lets a worker open a picture that is known to be whole: what keeps workers from working is better known before
  /// anything is paid for.
  public func prove() throws(WorkerProgramError) {
    do throws(ProcessingError) {
      let report = try examine(try OpenPicture(Self.dot.span))
      guard report.header.size == Size(width: 1, height: 1) else {
        throw .interrupted(.garbled(reason: "a wrong size"))
      }
    } catch {
      switch error {
      case .interrupted(.exited(_, let words)) where !words.isEmpty: throw .unfit(why: words)
      default: throw .unfit(why: error.description)
      }
    }
  }

  /// Whether the kernel knows how to take the file system from a worker (Landlock). Where it does not, the list of system
  /// calls that a worker may make does it alone.
  public static var hasTwoWalls: Bool { clinux_landlock_version() > 0 }

  /// A grey PNG of one pixel: its signature, and the chunks IHDR, IDAT and IEND (PNG, Third Edition, §5).
  private static let dot: [UInt8] = [
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8, 0,
    0,
    0, 0, 0x3A, 0x7E, 0x9B, 0x55, 0, 0, 0, 10, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0x60, 0, 0, 0, 2, 0, 1, 0xE5,
    0x27,
    0xDE, 0xFC, 0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
  ]

  /// Process numbers of the workers that wait.
  var waiting: [Int32] { idle.withLock { $0.map(\.number) } }

  // MARK: Conversations

  /// Has a conversation about one picture. `body` is called again, with another worker, when the first one ended.
  ///
  /// - Parameter time: at most this, where it is less than the configuration's.
  func converse<R, E: Error>(
    within time: Duration? = nil, _ body: (inout Conversation) throws(RunError<E>) -> R
  ) throws(RunError<E>) -> R {
    var isRetried = false
    while true {
      var conversation: Conversation
      do throws(Interruption) {
        conversation = try Conversation(
          with: try worker(isFresh: isRetried), time: time.map { min($0, configuration.time) } ?? configuration.time,
          memory: configuration.memory)
      } catch {
        throw .processing(.interrupted(error))
      }
      do throws(RunError<E>) {
        let result = try body(&conversation)
        giveBack(conversation.worker)
        return result
      } catch {
        switch error {
        // Somewhere in an answer, and nobody knows what of it is still to come.
        case .emission: throw error
        case .processing(.interrupted):
          if isRetried { throw error }
          isRetried = true
        case .processing:
          giveBack(conversation.worker)
          throw error
        }
      }
    }
  }

  private func worker(isFresh: Bool) throws(Interruption) -> WorkerProcess {
    while !isFresh, let worker = idle.withLock({ $0.popLast() }) {
      // Another has ended meanwhile, by whomever: not this picture's doing.
      if worker.isWaiting { return worker }
    }
    return try start()
  }

  private func giveBack(_ worker: WorkerProcess) {
    idle.withLock { idle in
      if idle.count < kept { idle.append(worker) }
    }
  }

  /// Tries a little longer than a machine is out of processes for no reason.
  private func start() throws(Interruption) -> WorkerProcess {
    for pause in Self.pauses {
      do {
        return try WorkerProcess(program, memory: configuration.memory)
      } catch {
        pause.sleep()
      }
    }
    return try WorkerProcess(program, memory: configuration.memory)
  }

  private static let pauses: [Duration] = [.milliseconds(50), .milliseconds(200), .seconds(1), .seconds(3)]
}
