import Glibc

/// A blob that is being written. It has its name only when it is finished: whole, and durable.
///
/// Dropped unfinished, it removes what it wrote.
public struct BlobWriter: ~Copyable, Sendable {
  /// Bytes so far.
  public private(set) var count = 0

  private let spool: SpoolDirectory
  private let job: String
  private let folder: Folder
  private let file: Descriptor
  private let name: String
  private let temporary: String
  private var finished = false
  /// Bytes that the kernel was told to begin to write.
  private var begun = 0

  /// In bytes: large enough for the disk, and small beside the pictures.
  private static let writebackStep = 1 << 20

  /// - Parameter folder: the job's.
  init(spool: SpoolDirectory, job: String, folder: consuming Folder, name: String) throws(SpoolError) {
    temporary = TemporaryName.next()
    file = try folder.makeFile(temporary, mode: SpoolDirectory.blobMode)
    self.spool = spool
    self.job = job
    self.folder = folder
    self.name = name
  }

  /// Adds bytes at the end; after an error the blob can only be dropped.
  public mutating func append(_ bytes: Span<UInt8>) throws(SpoolError) {
    try file.writeAll(bytes, path: folder.pathOf(name))
    count += bytes.count
    // The disk works while the next bytes are made, so that the sync at the end has little left to wait for.
    guard count - begun >= Self.writebackStep else { return }
    file.beginWriteback(begun..<count)
    begun = count
  }

  /// Syncs the bytes, gives them their name, syncs the folder: after this returns, the blob is there whatever happens.
  ///
  /// - Returns: the blob's size in bytes.
  @discardableResult
  public consuming func finish() throws(SpoolError) -> Int {
    try file.sync(path: folder.pathOf(name))
    try folder.rename(temporary, to: folder, as: name)
    finished = true
    try folder.sync()
    try spool.syncFolder(of: job)
    return count
  }

  deinit {
    // What stays when even this fails has a name that counts for nothing.
    if !finished { try? folder.removeFile(temporary) }
  }
}
