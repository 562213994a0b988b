import Requests
import Spool

/// Files that were read and are to become jobs together, in one commit. It holds what is there already and waits for
/// nothing.
struct IntakeBatch {
  struct File {
    let claim: HeldClaim
    let drops: [Drop]
  }

  /// A claim keeps its file open; a class, for arrays hold no values that cannot be copied.
  final class HeldClaim: Sendable {
    let claim: Claim

    init(_ path: String, in inbox: Inbox, limit: Int) throws(SpoolError) {
      claim = try inbox.claim(path, limit: limit)
    }
  }

  private(set) var files: [File] = []
  private var paths: Set<String> = []
  private var bytes = 0
  private var jobs = 0

  /// Each file holds a descriptor open, each byte is held in memory, and the dispatcher waits while a batch is committed.
  private static let most = (files: 64, jobs: 128, bytes: 4 << 20)

  var isEmpty: Bool { files.isEmpty }
  var isFull: Bool {
    files.count >= Self.most.files || jobs >= Self.most.jobs || bytes >= Self.most.bytes
  }

  /// A file is read once: its name is in the inbox until the batch is committed.
  func contains(_ path: String) -> Bool { paths.contains(path) }

  mutating func add(_ file: File) {
    let path = file.claim.claim.relativePath
    paths.insert(path)
    bytes += file.claim.claim.bytes.count
    jobs += file.drops.count
    files.append(file)
  }
}
