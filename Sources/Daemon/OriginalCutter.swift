import Codecs
import Crypto
import ImageAPI
import Ledger
import Processing
import Raster
import Spool
import Workers

/// Cuts the originals out of kept answers, each into a blob of its own. Answers are read and pictures written piece by
/// piece, so that memory stays flat however large they are. Cutting again writes the same blobs again.
struct OriginalCutter: Sendable {
  /// What an answer holds.
  struct Cut: Sendable {
    var originals: [Original]
    var facts: AnswerFacts
  }

  let spool: SpoolDirectory
  let workers: WorkerPool

  /// Bytes of an answer in memory at once.
  private static let pieceSize = 256 << 10

  /// - Parameters:
  ///   - call: has responded.
  ///   - asked: how many pictures it asked for.
  /// - Throws: ``AnswerError`` for an answer that is unfit, ``SpoolError`` when the disk fails, ``ProcessingError`` for a
  ///   picture that ends the workers that look at it.
  func cut(_ call: Call, asked: Int) throws -> Cut {
    let job = call.job.description
    guard let body = call.body else { throw AnswerError.empty }
    let reader = try spool.reader(job: job, name: body)
    var answer = AnswerReader(head: ResponseHead(call), asked: asked)
    var pictures = PictureBlobs(spool: spool, workers: workers, call: call)
    let facts: AnswerFacts
    do throws(AnswerFailure<SpoolError>) {
      var buffer = [UInt8](repeating: 0, count: min(Self.pieceSize, reader.count))
      var offset = 0
      while offset < reader.count {
        let count = try Self.read(reader, from: offset, into: &buffer)
        try answer.read(buffer.span.extracting(..<count), into: &pictures)
        offset += count
      }
      facts = try answer.finish(into: &pictures)
    } catch {
      switch error {
      case .answer(let error): throw error
      case .sink(let error): throw error
      }
    }
    if let failure = pictures.failure { throw failure }
    return Cut(originals: pictures.originals, facts: facts)
  }

  private static func read(
    _ reader: BlobReader, from offset: Int, into buffer: inout [UInt8]
  ) throws(AnswerFailure<SpoolError>) -> Int {
    do throws(SpoolError) {
      return try reader.read(from: offset, into: &buffer)
    } catch {
      throw .sink(error)
    }
  }

  /// The blob of an original, whatever its format; `nil` when it was not cut yet.
  ///
  /// - Parameter number: from 1, in the order of the answer.
  func blob(of call: Call, number: Int) throws(SpoolError) -> String? {
    let stem = PictureBlobs.stem(of: call, number: number) + "."
    return try spool.blobs(job: call.job.description).first { $0.hasPrefix(stem) }
  }
}

/// Writes the pictures of one answer.
private final class PictureBlobs: OriginalSink {
  private(set) var originals: [Original] = []
  /// What a picture did to the workers that looked at it.
  private(set) var failure: ProcessingError?

  private let spool: SpoolDirectory
  private let workers: WorkerPool
  private let call: Call
  private var writer: BlobWriter?
  private var name = ""
  private var digest = SHA256()
  /// The picture's beginning: its name needs its format.
  private var beginning: [UInt8] = []

  /// Tells any format.
  private static let signatureLength = 16

  init(spool: SpoolDirectory, workers: WorkerPool, call: Call) {
    self.spool = spool
    self.workers = workers
    self.call = call
  }

  static func stem(of call: Call, number: Int) -> String { "original-\(call.ordinal)-\(number)" }

  func begin(_ index: Int) throws(SpoolError) {
    writer = nil
    digest = SHA256()
    beginning = []
  }

  func append(_ bytes: Span<UInt8>) throws(SpoolError) {
    digest.update(bytes)
    let isOpen = beginning.count >= Self.signatureLength
    let held = min(bytes.count, Self.signatureLength - beginning.count)
    for index in 0..<held { beginning.append(bytes[index]) }
    if isOpen {
      try writer?.append(bytes)
    } else if beginning.count >= Self.signatureLength {
      try open()
      try writer?.append(bytes.extracting(held..<bytes.count))
    }
  }

  /// The first bytes may have come in crumbs; they are all in the beginning.
  private func open() throws(SpoolError) {
    let beginning = beginning
    let format = ImageFormat(signatureOf: beginning.span)
    name = "\(Self.stem(of: call, number: originals.count + 1)).\(format?.rawValue ?? "bin")"
    var opened = try spool.beginBlob(job: call.job.description, name: name)
    try opened.append(beginning.span)
    writer = consume opened
  }

  func end() throws(SpoolError) {
    if beginning.count < Self.signatureLength { try open() }
    guard let whole = writer.take() else { return }
    let count = try whole.finish()
    let header = try self.header()
    originals.append(
      Original(
        index: originals.count + 1, ordinal: call.ordinal, file: name, format: header?.format.rawValue ?? "",
        width: header?.size.width ?? 0, height: header?.size.height ?? 0, bytes: count,
        sha256: digest.finalize().hexadecimal))
  }

  /// A picture that cannot be read is recorded without a size; processing says what is wrong with it.
  private func header() throws(SpoolError) -> ImageHeader? {
    let picture = try OpenPicture(blob: name, of: call.job.description, in: spool)
    do throws(ProcessingError) {
      return try workers.told { () throws(ProcessingError) in try workers.header(of: picture) }
    } catch {
      failure = error
      return nil
    }
  }
}
