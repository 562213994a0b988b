import Foundation
import ImageAPI

/// What a paid answer costs on its way from the kept response to an original on the disk: reading JSON, decoding base64,
/// writing and syncing; beside copying the picture's own bytes and syncing them.
final class AnswersBenchmark {
  static let durable = "with fsync"

  let folder: URL
  private let picture: String
  private let answer: String
  private let copied: String
  private let cut: String

  /// Bytes.
  private static let size = 25 << 20
  private static let copyPiece = 1 << 20
  private static let answerPiece = 256 << 10

  /// Writes the picture and the answer; reading them afterwards finds them in the page cache.
  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "darkroom-benchmark-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    picture = folder.appending(path: "picture").path
    answer = folder.appending(path: "answer").path
    copied = folder.appending(path: "copied").path
    cut = folder.appending(path: "cut").path
    var random = SystemRandomNumberGenerator()
    var bytes = Data(capacity: Self.size)
    for _ in 0..<Self.size / 8 {
      let word = random.next()
      for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
    }
    try bytes.write(to: URL(filePath: picture))
    let json = """
      {"id":"generate-image-1","images":["\(bytes.base64EncodedString())"],"request":{"model":"m","prompt":"a canal"},\
      "timing":{"total":1893}}
      """
    try Data(json.utf8).write(to: URL(filePath: answer))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func comparisons() -> [Comparison] {
    [(Self.durable, true), ("without fsync", false)].map { name, syncs in
      Comparison(
        name: name, clock: .wall,
        prepare: {
          for path in [self.copied, self.cut] { try? FileManager.default.removeItem(atPath: path) }
        },
        wrapped: { try self.cutAnswer(syncs: syncs) },
        bare: { (try? self.copyPicture(syncs: syncs)) ?? 0 })
    }
  }

  private func copyPicture(syncs: Bool) throws(PlainFile.Failure) -> Int {
    let source = try PlainFile(reading: picture)
    let target = try PlainFile(creating: copied)
    var buffer = [UInt8](repeating: 0, count: Self.copyPiece)
    var total = 0
    while true {
      let count = try source.read(into: &buffer)
      guard count > 0 else { break }
      try target.write(buffer.span.extracting(..<count))
      total += count
    }
    if syncs { try target.sync() }
    return total
  }

  private func cutAnswer(syncs: Bool) throws -> Int {
    let source = try PlainFile(reading: answer)
    var sink = FileSink(file: try PlainFile(creating: cut))
    var reader = AnswerReader(head: ResponseHead(status: 200, headers: []), asked: 1)
    var buffer = [UInt8](repeating: 0, count: Self.answerPiece)
    while true {
      let count = try source.read(into: &buffer)
      guard count > 0 else { break }
      try reader.read(buffer.span.extracting(..<count), into: &sink)
    }
    _ = try reader.finish(into: &sink)
    if syncs { try sink.file.sync() }
    return sink.total
  }
}

private struct FileSink: OriginalSink, ~Copyable {
  typealias Failure = PlainFile.Failure

  let file: PlainFile
  var total = 0

  mutating func begin(_ index: Int) {}

  mutating func append(_ bytes: Span<UInt8>) throws(PlainFile.Failure) {
    try file.write(bytes)
    total += bytes.count
  }

  mutating func end() {}
}
