import Glibc

/// Folders of new jobs that become durable together: one job's syncs, shared by all.
///
/// Nobody looks for a job's folder before the ledger names the job, so the blobs need no temporary names. Dropped
/// unfinished, or when anything fails, it removes the folders it made.
public final class JobBatch {
  private let spool: SpoolDirectory
  /// The jobs with a folder.
  private var jobs: [String] = []
  /// What is written and not synced yet, each job's blobs before its folder. They stay open until they are synced: an
  /// error of writing is told to those who had the file open when it happened (fsync(2)).
  private var unsynced: [OpenFile] = []
  private var isFinished = false

  /// So many descriptors may be open: a batch may have ten thousand jobs, a process often has a thousand descriptors.
  private static let mostOpen = 256

  private final class OpenFile {
    let descriptor: Descriptor
    let path: String

    init(_ descriptor: consuming Descriptor, path: String) {
      self.descriptor = descriptor
      self.path = path
    }
  }

  init(_ spool: SpoolDirectory) {
    self.spool = spool
  }

  deinit {
    // A folder that stays when even this fails is one that no job refers to: the next start removes it.
    if !isFinished { for job in jobs { try? spool.removeJob(job) } }
  }

  /// Writes a job's first blobs; durable when the batch is finished.
  ///
  /// - Parameter shared: blobs of another job, which are durable and never change, that are this one's as well.
  /// - Throws: `.occupied` when the job has a folder. After any error the job has none; the batch can go on.
  public func add(
    _ job: String, blobs: [(name: String, bytes: [UInt8])], shared: (job: String, names: [String])? = nil
  ) throws(SpoolError) {
    for blob in blobs { try SpoolDirectory.checkBlobName(blob.name) }
    let folder = try spool.makeJobFolder(job)
    var written: [OpenFile] = []
    do {
      for blob in blobs {
        let file = try folder.makeFile(blob.name, mode: SpoolDirectory.blobMode)
        let path = folder.pathOf(blob.name)
        try file.writeAll(blob.bytes.span, path: path)
        file.beginWriteback(0..<blob.bytes.count)
        written.append(OpenFile(file, path: path))
      }
      if let shared {
        let other = try spool.jobFolder(shared.job)
        for name in shared.names { try other.link(name, to: folder, as: name) }
      }
    } catch {
      try? spool.removeJob(job)
      throw error
    }
    jobs.append(job)
    unsynced += written
    unsynced.append(OpenFile(folder.descriptor, path: folder.path))
    if unsynced.count >= Self.mostOpen { try sync() }
  }

  /// Makes all of it durable; after an error none of the jobs has a folder.
  public func finish() throws(SpoolError) {
    try sync()
    if !jobs.isEmpty { try spool.syncRoot() }
    isFinished = true
  }

  private func sync() throws(SpoolError) {
    for file in unsynced { try file.descriptor.sync(path: file.path) }
    unsynced = []
  }
}
