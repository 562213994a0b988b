import Crypto
import Foundation
import ImageAPI
import Spool

/// What a paid answer costs on its way from the kept response to an original on the disk: reading JSON, decoding base64,
/// writing under a temporary name, fsync, rename, fsync of the folder; beside copying the picture's own bytes to a new
/// file, fsync, and fsync of the folder.
final class AnswersBenchmark {
  /// The line that is judged: what stands between a kept answer and a durable original. The digest that the daemon takes
  /// on the way is for its ledger; a line of its own shows it.
  static let judged = "cut, with fsync"

  let folder: URL
  private let spool: SpoolDirectory
  private let picture: String
  private let copies: String

  /// Bytes.
  private static let size = 25 << 20
  private static let copyPiece = 1 << 20
  /// As the daemon reads kept answers, and as it receives them.
  private static let answerPiece = 256 << 10
  private static let receivedPiece = 64 << 10

  private static let job = "job"
  private static let answer = "call.response"
  private static let received = "received.response"
  private static let original = "original.png"

  /// What of the daemon's work is done.
  private struct Work: OptionSet {
    let rawValue: Int
    /// The answer is first written into the spool and made durable, as while it arrives.
    static let keeping = Work(rawValue: 1)
    /// Of the original, for the ledger and the manifest.
    static let digest = Work(rawValue: 2)
    static let syncs = Work(rawValue: 4)
  }

  /// Writes the picture and the answer; reading them afterwards finds them in the page cache.
  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "darkroom-benchmark-\(UUID().uuidString)")
    copies = folder.appending(path: "copies").path
    picture = folder.appending(path: "picture").path
    try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: true)
    var random = SystemRandomNumberGenerator()
    let words = (0..<Self.size / 8).map { _ in random.next() }
    let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
    try Data(bytes).write(to: URL(filePath: picture))
    let json = """
      {"id":"generate-image-1","images":["\(Data(bytes).base64EncodedString())"],"request":{"model":"m",\
      "prompt":"a canal"},"timing":{"total":1893}}
      """
    spool = try SpoolDirectory(path: folder.appending(path: "spool").path)
    try spool.createJob(Self.job, blobs: [(name: Self.answer, bytes: Array(json.utf8))])
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func comparisons() -> [Comparison] {
    [
      comparison(Self.judged, .wall, .syncs),
      comparison("the same and its SHA-256", .wall, [.digest, .syncs]),
      comparison("kept with fsync, then the same", .wall, [.keeping, .digest, .syncs]),
      comparison("processor time: cut, no fsync", .processor, []),
      comparison("processor time: and its SHA-256", .processor, .digest),
    ]
  }

  private func comparison(_ name: String, _ clock: Comparison.Clock, _ work: Work) -> Comparison {
    Comparison(
      name: name, clock: clock, prepare: clean, wrapped: { try self.cutAnswer(work) },
      bare: { try self.copyPicture(syncs: work.contains(.syncs)) })
  }

  /// Nothing of an earlier round, its removal included, is left for the next fsync to write.
  private func clean() {
    let job = "\(spool.path)/\(Self.job)"
    for path in ["\(copies)/\(Self.original)", "\(job)/\(Self.original)", "\(job)/\(Self.received)"] {
      try? FileManager.default.removeItem(atPath: path)
    }
    Foundation.sync()
  }

  private func copyPicture(syncs: Bool) throws(PlainFile.Failure) -> Int {
    let source = try PlainFile(reading: picture)
    let target = try PlainFile(creating: "\(copies)/\(Self.original)")
    var buffer = [UInt8](repeating: 0, count: Self.copyPiece)
    var total = 0
    while true {
      let count = try source.read(into: &buffer)
      guard count > 0 else { break }
      try target.write(buffer.span.extracting(..<count))
      total += count
    }
    guard syncs else { return total }
    try target.sync()
    try PlainFile(reading: copies).sync()
    return total
  }

  private func cutAnswer(_ work: Work) throws -> Int {
    if work.contains(.keeping) { try keepAnswer() }
    let source = try spool.reader(job: Self.job, name: work.contains(.keeping) ? Self.received : Self.answer)
    var sink = try sink(work)
    var reader = AnswerReader(head: ResponseHead(status: 200, headers: []), asked: 1)
    var buffer = [UInt8](repeating: 0, count: Self.answerPiece)
    var offset = 0
    while offset < source.count {
      let count = try source.read(from: offset, into: &buffer)
      try reader.read(buffer.span.extracting(..<count), into: &sink)
      offset += count
    }
    _ = try reader.finish(into: &sink)
    return try sink.finish()
  }

  private func sink(_ work: Work) throws -> OriginalFile {
    let isDigested = work.contains(.digest)
    return work.contains(.syncs)
      ? OriginalFile(durable: try spool.beginBlob(job: Self.job, name: Self.original), isDigested: isDigested)
      : OriginalFile(try PlainFile(creating: "\(spool.path)/\(Self.job)/\(Self.original)"), isDigested: isDigested)
  }

  /// What the daemon does while an answer arrives; it comes out of the page cache rather than from the network.
  private func keepAnswer() throws {
    let source = try spool.reader(job: Self.job, name: Self.answer)
    var blob = try spool.beginBlob(job: Self.job, name: Self.received)
    var offset = 0
    while offset < source.count {
      let piece = try source.bytes(in: offset..<min(offset + Self.receivedPiece, source.count))
      try blob.append(piece.span)
      offset += piece.count
    }
    try blob.finish()
  }
}

/// As the daemon takes a picture out of an answer; into a plain file where nothing is to be durable.
private struct OriginalFile: OriginalSink, ~Copyable {
  typealias Failure = any Error

  private var blob: BlobWriter?
  private var file: PlainFile?
  private var digest: SHA256?
  private var count = 0

  init(durable blob: consuming BlobWriter, isDigested: Bool) {
    self.blob = consume blob
    digest = isDigested ? SHA256() : nil
  }

  init(_ file: consuming PlainFile, isDigested: Bool) {
    self.file = consume file
    digest = isDigested ? SHA256() : nil
  }

  mutating func begin(_ index: Int) {}

  mutating func append(_ bytes: Span<UInt8>) throws {
    // The hash reads the bytes during the call only.
    unsafe bytes.withUnsafeBytes { unsafe digest?.update(bufferPointer: $0) }
    try blob?.append(bytes)
    try file?.write(bytes)
    count += bytes.count
  }

  mutating func end() {}

  /// - Returns: the picture's size in bytes.
  mutating func finish() throws -> Int {
    _ = digest?.finalize()
    if let blob = blob.take() { try blob.finish() }
    return count
  }
}
