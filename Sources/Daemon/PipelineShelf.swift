import Requests
import Spool
import Synchronization

/// The pipelines in use. They are read anew when somebody asks for it and when their folder changes; what cannot be read
/// leaves those in use as they are. A job keeps what its pipeline said when it was accepted.
public final class PipelineShelf: Sendable {
  private struct State {
    var catalog: PipelineCatalog
    /// Counts the catalogs that were in use.
    var edition = 1
    var lastError: String?
    var isAsked = false
  }

  private let folder: String?
  private let read: @Sendable () throws -> PipelineCatalog
  private let state: Mutex<State>
  private let asked = Signal()

  /// An editor that writes in place, or a copy of several files, is given its time.
  private static let settling = Duration.milliseconds(200)
  /// How often the folder is read where it cannot be watched.
  private static let interval = Duration.seconds(60)

  /// - Parameters:
  ///   - folder: is watched; `nil` for pipelines that are in no folder.
  ///   - read: reads all of them, or throws what is wrong with one.
  /// - Throws: what `read` throws.
  public init(folder: String?, read: @escaping @Sendable () throws -> PipelineCatalog) throws {
    self.folder = folder
    self.read = read
    state = Mutex(State(catalog: try read()))
  }

  /// Pipelines that stay as they are.
  public init(_ catalog: PipelineCatalog) {
    folder = nil
    read = { catalog }
    state = Mutex(State(catalog: catalog))
  }

  public var current: PipelineCatalog { state.withLock { $0.catalog } }

  var edition: Int { state.withLock { $0.edition } }

  /// Has them read anew soon, and what came of it told in any case.
  public func reload() {
    state.withLock { $0.isAsked = true }
    asked.ring()
  }

  /// Reads them anew whenever there is reason to, until the task is cancelled.
  func keepCurrent(_ observe: @escaping @Sendable (DaemonEvent) -> Void) async {
    while !Task.isCancelled {
      let watch = folder.flatMap { try? FolderWatch(path: $0) }
      // What changed before there was a watch.
      readAnew(observe)
      await withDiscardingTaskGroup { group in
        if let watch {
          group.addTask { for await _ in watch.batches { self.asked.ring() } }
        }
        repeat {
          await asked.wait(atMost: Self.interval)
          // Changes come in bursts, and half of one is no pipeline.
          try? await Task.sleep(for: Self.settling)
          if !Task.isCancelled { readAnew(observe) }
        } while !Task.isCancelled && (watch?.isCurrent ?? false)
        watch?.stop()
        group.cancelAll()
      }
      // A folder that is gone may come back, and cannot be watched before.
      try? await Task.sleep(for: Self.settling)
    }
  }

  private func readAnew(_ observe: (DaemonEvent) -> Void) {
    let isAsked = state.withLock { state in
      defer { state.isAsked = false }
      return state.isAsked
    }
    do {
      let catalog = try read()
      let isNew = state.withLock { state in
        state.lastError = nil
        guard state.catalog != catalog else { return false }
        state.catalog = catalog
        state.edition += 1
        return true
      }
      if isNew || isAsked { observe(.pipelinesRead(names: catalog.names)) }
    } catch {
      let reason = "\(error)"
      let isNew = state.withLock { state in
        defer { state.lastError = reason }
        return state.lastError != reason
      }
      if isNew || isAsked { observe(.pipelinesKept(reason: reason)) }
    }
  }
}
