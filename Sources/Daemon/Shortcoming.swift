import Requests
import Spool
import Workers

/// What this machine, or one of the file systems, cannot do; and what that means.
public struct Shortcoming: Hashable, Sendable {
  /// A sentence.
  public var text: String
  /// A pipeline asks for what cannot be done here: its requests will be refused.
  public var breaksAPromise: Bool

  /// Tries out what the daemon would stand on. It makes no folder of its own: what is not there yet cannot be tried.
  ///
  /// - Throws: ``WorkerProgramError`` when no picture can be opened.
  public static func found(
    _ configuration: DaemonConfiguration, _ pipelines: PipelineCatalog
  ) throws(WorkerProgramError) -> [Shortcoming] {
    try WorkerPool(configuration.worker, limits: configuration.limits, kept: 1).prove()
    var found = ofWorkers
    switch Inbox(path: configuration.inbox).kind {
    case .shared(let name)?:
      found.append(
        Shortcoming(
          text: "the inbox is on \(name), where the kernel does not tell of everything: it is also looked through "
            + "every \(configuration.poll)", breaksAPromise: false))
    case .local?, nil: break
    }
    do throws(SpoolError) {
      guard let capabilities = try OutputTree.capabilities(of: configuration.output) else { return found }
      found += of(capabilities, at: configuration.output, pipelines)
    } catch {
      found.append(
        Shortcoming(text: "what the output tree can do could not be tried: \(error)", breaksAPromise: false))
    }
    return found
  }

  /// - Parameter path: of the output tree.
  static func of(
    _ capabilities: OutputTree.Capabilities, at path: String, _ pipelines: PipelineCatalog
  ) -> [Shortcoming] {
    var found: [Shortcoming] = []
    if !capabilities.exclusiveRename {
      found.append(
        Shortcoming(
          text: "the file system of \(path) has no RENAME_NOREPLACE (renameat2(2)): a place is looked at before "
            + "a directory is renamed to it, and only an empty directory that appears in between is replaced",
          breaksAPromise: false))
    }
    if !capabilities.exchange {
      let replacing = pipelines.names.filter { pipelines[$0]?.collision == .replace }
      found.append(
        Shortcoming(
          text: "the file system of \(path) has no RENAME_EXCHANGE (renameat2(2)): nothing that is published "
            + "is ever replaced"
            + (replacing.isEmpty
              ? ""
              : ", which `collision: replace` of \(replacing.joined(separator: ", ")) asks for; these are "
                + "refused where their place is taken"),
          breaksAPromise: !replacing.isEmpty))
    }
    return found
  }

  static var ofWorkers: [Shortcoming] {
    guard !WorkerPool.hasTwoWalls else { return [] }
    return [
      Shortcoming(
        text: "no Landlock in this kernel: what opens pictures is kept from files by its list of system calls alone",
        breaksAPromise: false)
    ]
  }
}

extension Inbox {
  /// `nil` where nothing can be said: it is not there yet, or not for this user.
  fileprivate var kind: FileSystemKind? { try? fileSystem() }
}
