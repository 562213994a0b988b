import Glibc
import Synchronization

/// Spool: the disk. Files that are whole or not there after any crash, an inbox that nobody can trick, directories that
/// appear in one step. It knows bytes, names and folders, and nothing of what the bytes mean.
///
/// Writes go to a temporary name, are synced, renamed, and the folder is synced. An error of fsync(2) means that the
/// write is lost: the temporary file is thrown away and the caller writes anew. Everything that fails is a
/// ``SpoolError`` with the system call, the path, the error number and what to do next. All functions block; none holds
/// a lock while it does.

/// The private directory of the daemon: one folder for each job, blobs in it that never change once written.
///
/// One process at a time: a lock file is held as long as this object lives.
public final class SpoolDirectory: Sendable {
  /// As given.
  public let path: String

  private let root: Folder
  private let lock: Descriptor
  /// Jobs whose folders were made and not synced yet.
  private let unsynced = Mutex<Set<String>>([])

  private static let lockName = "lock"
  private static let folderMode: mode_t = 0o700
  static let blobMode: mode_t = 0o600

  /// Opens the spool, making it where there is none, for this user alone (0700).
  ///
  /// - Throws: `.locked` when another process has it.
  public convenience init(path: String) throws(SpoolError) {
    try self.init(path: path) { usleep(20_000) }
  }

  /// - Parameter pause: what is done before the lock is asked for again.
  init(path: String, pause: () -> Void) throws(SpoolError) {
    self.path = path
    let root = try Folder(makingIt: path, mode: Self.folderMode)
    if try root.descriptor.status(path: path).mode & 0o777 != Self.folderMode {
      try root.descriptor.setMode(Self.folderMode, path: path)
    }
    lock = try Self.locked(root, pause)
    // Records that a crash left half-written; with the lock nobody is at work on one.
    for name in try root.names() where name.hasSuffix(TemporaryName.suffix) { try root.removeFile(name) }
    // Folders that an earlier process made just before it ended.
    try root.sync()
    self.root = root
  }

  /// flock(2) rather than fcntl(2): the latter's locks vanish when any descriptor of the file is closed. O_CLOEXEC, so
  /// that a command run by the daemon does not keep the lock when the daemon is gone.
  private static func locked(_ root: borrowing Folder, _ pause: () -> Void) throws(SpoolError) -> Descriptor {
    let path = root.pathOf(lockName)
    let number = root.descriptor.number
    let file = try Descriptor("openat", path) {
      // C borrows the name for the call.
      unsafe openat(number, lockName, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, blobMode)
    }
    do {
      // A program that is just being started holds what its parent had open until its exec(2).
      var pauses = 10
      while flock(file.number, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK, pauses > 0 {
        pauses -= 1
        pause()
      }
      try retrying("flock", path) { flock(file.number, LOCK_EX | LOCK_NB) }
    } catch  where error.errno == EWOULDBLOCK {
      let words = try file.readAll(expected: 16, limit: 64, path: path) ?? []
      throw .locked(path: root.path, holder: Int32(String(decoding: words.prefix { $0 != 0x0A }, as: UTF8.self)))
    }
    // The number is for people who look, and for the message above; the lock itself is the kernel's.
    try retrying("ftruncate", path) { ftruncate(file.number, 0) }
    try file.writeAll(Array("\(getpid())\n".utf8).span, path: path)
    return file
  }

  // MARK: Jobs

  /// Makes the folder of a job with its first blobs; see ``beginBatch()``.
  ///
  /// - Throws: `.occupied` when the job has one. After any error there is no folder.
  public func createJob(_ job: String, blobs: [(name: String, bytes: [UInt8])]) throws(SpoolError) {
    let batch = beginBatch()
    try batch.add(job, blobs: blobs)
    try batch.finish()
  }

  /// Begins to make the folders of several jobs, with as few syncs as will do.
  public func beginBatch() -> JobBatch { JobBatch(self) }

  /// The jobs that have a folder, in no order. A folder without a job in the ledger was made just before a crash.
  public func jobs() throws(SpoolError) -> [String] {
    var jobs: [String] = []
    for name in try root.names() where name.utf8.first != UInt8(ascii: ".") {
      if try root.status(of: name)?.kind == .directory { jobs.append(name) }
    }
    return jobs
  }

  /// Whether the job has a folder.
  public func hasJob(_ job: String) throws(SpoolError) -> Bool {
    try RelativePath.checkName(job)
    return try root.status(of: job)?.kind == .directory
  }

  /// Removes the folder of a job with all its blobs; nothing when there is none. Not synced: a folder that comes back
  /// after a crash is removed again.
  public func removeJob(_ job: String) throws(SpoolError) {
    try RelativePath.checkName(job)
    try root.removeTree(job)
  }

  // MARK: Records

  /// Writes a file of the daemon's own beside the jobs; after this returns it is there whatever happens, after an error
  /// the old one is, if any.
  public func writeRecord(_ bytes: Span<UInt8>, name: String) throws(SpoolError) {
    try Self.checkBlobName(name)
    try root.writeDurably(bytes, as: name, mode: Self.blobMode, placement: .replacing, staging: root)
  }

  // MARK: Blobs

  /// Writes a blob whole; after this returns it is there whatever happens, after an error the old one is, if any.
  ///
  /// Makes the job's folder where there is none.
  public func write(_ bytes: Span<UInt8>, job: String, name: String) throws(SpoolError) {
    try Self.checkBlobName(name)
    let folder = try folderMakingIt(job)
    try folder.writeDurably(bytes, as: name, mode: Self.blobMode, placement: .replacing, staging: folder)
    try syncFolder(of: job)
  }

  /// Begins a blob whose bytes come bit by bit; makes the job's folder where there is none.
  public func beginBlob(job: String, name: String) throws(SpoolError) -> BlobWriter {
    try Self.checkBlobName(name)
    return try BlobWriter(spool: self, job: job, folder: try folderMakingIt(job), name: name)
  }

  /// Reads a blob.
  ///
  /// - Parameter limit: in bytes; `.tooLarge` above it. Nil reads whatever is there.
  public func read(job: String, name: String, limit: Int? = nil) throws(SpoolError) -> [UInt8] {
    try Self.checkBlobName(name)
    let folder = try jobFolder(job)
    let full = folder.pathOf(name)
    let file = try folder.openBeneath(RelativePath(name), flags: O_RDONLY)
    let size = try file.status(path: full).identity.size
    guard let bytes = try file.readAll(expected: size, limit: limit ?? .max - 1, path: full) else {
      throw .tooLarge(path: full, limit: limit ?? .max)
    }
    return bytes
  }

  /// Opens a blob for reading piece by piece.
  public func reader(job: String, name: String) throws(SpoolError) -> BlobReader {
    try Self.checkBlobName(name)
    return try BlobReader(folder: try jobFolder(job), name: name)
  }

  /// A blob's size in bytes; nil when there is none.
  public func size(job: String, name: String) throws(SpoolError) -> Int? {
    try Self.checkBlobName(name)
    return try jobFolder(job).status(of: name)?.identity.size
  }

  /// What the job's blobs take together, in bytes; zero where there are none.
  public func bytes(ofJob job: String) throws(SpoolError) -> Int64 {
    try RelativePath.checkName(job)
    guard try root.status(of: job) != nil else { return 0 }
    let folder = try root.folder(job)
    var bytes: Int64 = 0
    for name in try folder.names() { bytes += Int64(try folder.status(of: name)?.identity.size ?? 0) }
    return bytes
  }

  /// The job's blobs, sorted by name, without what is still being written; none where it has no folder.
  public func blobs(job: String) throws(SpoolError) -> [String] {
    guard try hasJob(job) else { return [] }
    return try jobFolder(job).names().filter { $0.utf8.first != UInt8(ascii: ".") }.sorted()
  }

  /// Removes what a crash left half-written in the job's folder, which is there.
  public func discardPartials(job: String) throws(SpoolError) {
    let folder = try jobFolder(job)
    for name in try folder.names() where name.hasSuffix(TemporaryName.suffix) { try folder.removeFile(name) }
  }

  /// How much the spool's file system still takes.
  public func freeRoom() throws(SpoolError) -> FreeRoom { try FreeRoom(at: path) }

  // MARK: Folders

  func makeJobFolder(_ job: String) throws(SpoolError) -> Folder {
    try RelativePath.checkName(job)
    do {
      return try root.makeFolder(job, mode: Self.folderMode)
    } catch  where error.errno == EEXIST {
      throw .occupied(path: root.pathOf(job))
    }
  }

  /// The job's folder; one that is made now is durable after ``syncFolder(of:)``.
  func folderMakingIt(_ job: String) throws(SpoolError) -> Folder {
    try RelativePath.checkName(job)
    do {
      let folder = try root.makeFolder(job, mode: Self.folderMode)
      _ = unsynced.withLock { $0.insert(job) }
      return folder
    } catch  where error.errno == EEXIST {
      return try root.folder(job)
    }
  }

  /// Makes the job's folder durable where it was made since the start, before a blob in it counts as kept.
  func syncFolder(of job: String) throws(SpoolError) {
    guard unsynced.withLock({ $0.contains(job) }) else { return }
    try syncRoot()
    _ = unsynced.withLock { $0.remove(job) }
  }

  /// Makes what was made in the spool last: the folders of jobs.
  func syncRoot() throws(SpoolError) { try root.sync() }

  func jobFolder(_ job: String) throws(SpoolError) -> Folder {
    try RelativePath.checkName(job)
    return try root.folder(job)
  }

  static func checkBlobName(_ name: String) throws(SpoolError) {
    try RelativePath.checkName(name)
    guard !name.hasSuffix(TemporaryName.suffix) else {
      throw .badName(name: name, reason: "\(TemporaryName.suffix) marks what is not finished")
    }
  }
}
