import Crypto
import Foundation
import Ledger
import Metadata
import Processing
import Requests
import Spool
import Synchronization
import Workers

/// `darkroom process`: a pipeline on local pictures, without inbox, ledger or calls. What is published is published as by
/// the daemon, whole and with a manifest.
public final class LocalProcessor: Sendable {
  public struct Published: Sendable {
    public let place: String
    public let files: [String]
    public let warnings: [String]
  }

  /// Begins the names of its staged directories, so that a daemon on the same tree leaves them alone.
  static let stagingLabel = "process"

  private let taken = Mutex<Set<String>>([])
  private let pipeline: Pipeline
  private let tree: OutputTree
  private let finisher: Finisher
  private let threads: BlockingWork

  /// - Parameters:
  ///   - output: the folder that gets a directory a picture; it is made where there is none.
  ///   - count: pictures at work at once; at least 1.
  public init(pipeline: Pipeline, output: String, workers: WorkerPool, count: Int) throws(SpoolError) {
    self.pipeline = pipeline
    tree = try OutputTree(path: output)
    finisher = Finisher(workers: workers)
    threads = BlockingWork(name: "workers", threads: count)
  }

  /// - Parameters:
  ///   - bytes: the picture as it came.
  ///   - name: of the directory, and of the files in it.
  public func process(_ bytes: [UInt8], name: String) async throws(ErrorReport) -> Published {
    try await threads.run { () throws(ErrorReport) in try self.publish(bytes, name: name) }
  }

  private func publish(_ bytes: [UInt8], name: String) throws(ErrorReport) -> Published {
    do {
      return try make(bytes, name: name)
    } catch let error as ProcessingError {
      throw ErrorReport(error, isPaid: false, kept: [])
    } catch RunError<SpoolError>.processing(let error) {
      throw ErrorReport(error, isPaid: false, kept: [])
    } catch RunError<SpoolError>.emission(let error) {
      throw ErrorReport(publishing: error, kept: [])
    } catch let error as SpoolError {
      throw ErrorReport(publishing: error, kept: [])
    } catch {
      throw ErrorReport(stage: .processing, error: "\(error)", next: "The picture itself was not touched.")
    }
  }

  private func make(_ bytes: [UInt8], name: String) throws -> Published {
    let received = Timestamp.now()
    let place = try freePlace(name)
    let facts = JobFacts(
      name: name, job: JobID.next().description, pipeline: pipeline.name, date: received.day,
      provenance: Provenance(source: .untouched, created: received.description))
    let sha256 = SHA256.text(of: bytes)
    let picture = try OpenPicture(bytes)
    let workers = finisher.workers
    let header = try workers.told { () throws(ProcessingError) in try workers.examine(picture).header }
    var staged = try tree.stage(Self.stagingLabel)
    let result = try finisher.finish(
      [Finisher.Original(open: { picture }, facts: OriginalFacts(sha256: sha256))], recipe: pipeline.recipe,
      job: facts, into: &staged)
    let original = Original(
      index: 1, ordinal: nil, file: name, format: header?.format.rawValue ?? "", width: header?.size.width ?? 0,
      height: header?.size.height ?? 0, bytes: bytes.count, sha256: sha256)
    let manifest = Manifest(
      job: nil, name: name, pipeline: pipeline.name, labels: [:], request: nil, calls: [], originals: [original],
      answers: [:], outputs: result.outputs, warnings: result.warnings, received: received, published: .now())
    try staged.write(manifest.encoded().span, to: Manifest.fileName)
    try staged.commit(to: place, pipeline.collision == .replace ? .replacing : .exclusive)
    return Published(place: place, files: result.outputs.map(\.file), warnings: result.warnings)
  }

  /// The name, or with `collision: suffix` the first numbered one that is free.
  private func freePlace(_ name: String) throws(SpoolError) -> String {
    guard pipeline.collision == .suffix else { return name }
    var number = 1
    while true {
      let place = number == 1 ? name : "\(name)-\(number)"
      // Another image of the same name may be on its way to it.
      if try !tree.exists(place), taken.withLock({ $0.insert(place).inserted }) { return place }
      number += 1
    }
  }
}
