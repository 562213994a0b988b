import Codecs
import Foundation
import Glibc
import Metadata
import Processing
import Raster

/// The jobs of `pixels.py`, which runs libvips on the same files in turns with this: one round for each line that it writes.
enum PixelsBenchmark {
  /// Reads `JOB FILE THREADS`, and prints `WALL CPU BYTES` in milliseconds of the clock and of processors, until the end.
  static func serve() throws {
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3, let outputs = try recipes[words[0]]?(), let threads = Int(words[2]) else {
        throw CocoaError(.fileReadCorruptFile)
      }
      let original = [UInt8](try Data(contentsOf: URL(filePath: words[1])))
      let (wall, cpu) = (ContinuousClock.now, clock())
      let bytes = try make(outputs, of: original, threads: threads)
      let (wallTime, cpuTime) = (ContinuousClock.now - wall, Double(clock() - cpu) / Double(CLOCKS_PER_SEC) * 1000)
      // At once: somebody waits for it.
      FileHandle.standardOutput.write(Data("\(wallTime / .milliseconds(1)) \(cpuTime) \(bytes)\n".utf8))
    }
  }

  private static func make(_ outputs: [OutputRecipe], of original: [UInt8], threads: Int) throws -> Int {
    let report = try Processor.examine(original.span)
    let facts = JobFacts(
      name: "a", job: "1", pipeline: "p", date: "2026-01-02",
      provenance: Provenance(source: .untouched, created: "2026-01-02T00:00:00Z"))
    let plan = try Processor.plan(Recipe(outputs: outputs), for: report, original: OriginalFacts(), job: facts)
    var bytes = 0
    try Processor.run(plan, original: original.span, threads: threads) { output throws(Never) in
      bytes += output.bytes.count
    }
    return bytes
  }

  private static func output(_ format: ImageFormat, _ width: Int?, _ encoding: Encoding) throws -> OutputRecipe {
    OutputRecipe(
      file: try FileNameTemplate("{name}-{width}.{format}"), format: format, resize: width.map { Resize(width: $0) },
      encoding: encoding, metadata: MetadataPolicy(level: .none))
  }

  private static let recipes: [String: @Sendable () throws -> [OutputRecipe]] = [
    "webp-set": {
      let webp = Encoding.webp(.init(quality: 80, method: 4))
      return try [nil, 768, 512, 256].map { try output(.webp, $0, webp) }
        + [output(.jpeg, nil, .jpeg(.init(quality: 85)))]
    },
    "4k-set": {
      let webp = Encoding.webp(.init(quality: 80, method: 4))
      return try [2048, 1280, 640, 320].map { try output(.webp, $0, webp) }
        + [output(.jpeg, 2048, .jpeg(.init(quality: 85)))]
    },
    "jpeg-720": { [try output(.jpeg, 720, .jpeg(.init(quality: 80)))] },
    "png-720": { [try output(.png, 720, .png(.init(compression: 6)))] },
  ]
}
