import Codecs
import Foundation
import Glibc
import Metadata
import Processing
import Raster

/// The work of `pixels.py`, which has others do the same to the same files in turns with this: one round for each line
/// that it writes.
enum PixelsBenchmark {
  /// Reads `JOB FILE THREADS [FOLDER]`, and prints `WALL CPU BYTES` in milliseconds of the clock and of processors, until
  /// the end. Outputs are written to the folder, if there is one, as `0`, `1` and so on.
  static func serve() throws {
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard words.count >= 3, let threads = Int(words[2]) else { throw CocoaError(.fileReadCorruptFile) }
      let original = [UInt8](try Data(contentsOf: URL(filePath: words[1])))
      let rounds = words[0].hasPrefix("stamp-") || words[0] == "refuse" ? 20 : 1
      let (wall, cpu) = (ContinuousClock.now, clock())
      var files: [[UInt8]] = []
      for _ in 0..<rounds {
        switch words[0] {
        case "stamp-provenance": files = [try stamped(original, .provenance)]
        case "stamp-full": files = [try stamped(original, .full)]
        case "stamp-keep": files = [try stamped(original, .keep)]
        case "refuse": try refuse(original)
        case let job: files = try outputs(job, of: original, threads: threads)
        }
      }
      let wallTime = (ContinuousClock.now - wall) / .milliseconds(1) / Double(rounds)
      let cpuTime = Double(clock() - cpu) / Double(CLOCKS_PER_SEC) * 1000 / Double(rounds)
      if words.count > 3 {
        for (index, file) in files.enumerated() { try Data(file).write(to: URL(filePath: "\(words[3])/\(index)")) }
      }
      // At once: somebody waits for it.
      let bytes = files.reduce(0) { $0 + $1.count }
      FileHandle.standardOutput.write(Data("\(wallTime) \(cpuTime) \(bytes)\n".utf8))
    }
  }

  private static let provenance = Provenance(
    source: .trainedAlgorithmicMedia, system: "Venice.ai venice-sd35", prompt: "A canal at night, wet stones",
    created: "2026-01-02T00:00:00Z")

  /// The file with EXIF and XMP that say where it comes from, and its pixels as they were.
  private static func stamped(_ original: [UInt8], _ level: MetadataPolicy.Level) throws -> [UInt8] {
    let report = try Processor.examine(original.span)
    let policy = MetadataPolicy(
      level: level, texts: MetadataTexts(artist: "Example", copyright: "© 2026 Example"))
    let blocks = try MetadataBlocks.planned(
      for: policy, provenance: provenance, original: report.blocks, outputSize: report.size, format: report.format,
      pixelsChanged: false)
    return try Container.rewrite(original.span, with: blocks)
  }

  /// What is refused for what its header promises.
  private static func refuse(_ original: [UInt8]) throws {
    do throws(ProcessingError) {
      _ = try Processor.examine(original.span)
    } catch .original(.tooManyPixels) {
      return
    } catch {
      throw error
    }
    throw CocoaError(.fileReadTooLarge)
  }

  private static func outputs(_ job: String, of original: [UInt8], threads: Int) throws -> [[UInt8]] {
    guard let recipes = try recipes[job]?() else { throw CocoaError(.fileReadCorruptFile) }
    let report = try Processor.examine(original.span)
    let facts = JobFacts(name: "a", job: "1", pipeline: "p", date: "2026-01-02", provenance: provenance)
    let plan = try Processor.plan(Recipe(outputs: recipes), for: report, original: OriginalFacts(), job: facts)
    var files: [[UInt8]] = []
    try Processor.run(plan, original: original.span, threads: threads) { output throws(Never) in
      files.append(output.bytes)
    }
    return files
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
