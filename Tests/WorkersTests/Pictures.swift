import Codecs
import Foundation
import Metadata
import Processing
import Raster
import Testing

@testable import Workers

/// What tests of workers work with.
enum Pictures {
  /// Where the tests were built, the workers were too.
  static let folder = URL(filePath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent().path()
  static let unsound = folder + "unsound-worker"

  static func png(_ width: Int = 48, _ height: Int = 32) throws -> [UInt8] {
    let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * 7) }
    return try PNG.encode(
      Image(size: Size(width: width, height: height), layout: .rgb8, pixels: pixels), options: PNG.Options())
  }

  static func open() throws -> OpenPicture {
    let bytes = try png()
    return try OpenPicture(bytes.span)
  }

  static func recipe(_ widths: [Int] = [32, 16, 8]) throws -> Recipe {
    Recipe(
      outputs: try widths.map { width in
        OutputRecipe(
          file: try FileNameTemplate("{name}-{width}-{sha256:8}.webp"), format: .webp, resize: Resize(width: width))
      })
  }

  static func facts(_ prompt: String = "a canal") -> JobFacts {
    JobFacts(
      name: "canal", job: "1", pipeline: "web", date: "2026-01-02",
      provenance: Provenance(
        source: .trainedAlgorithmicMedia, system: "Test", prompt: prompt, created: "2026-01-02T00:00:00Z"))
  }

  static func pool(
    _ program: String? = unsound, time: Duration = .seconds(60), memory: Int = 2 << 30, limits: Limits = Limits(),
    kept: Int = 2
  ) throws -> WorkerPool {
    try WorkerPool(.init(program: program, time: time, memory: memory), limits: limits, kept: kept)
  }
}

struct Made: Equatable {
  var planned: PlannedOutput
  var bytes: [UInt8]
  var warnings: [ProcessingWarning]
}

extension WorkerPool {
  /// All outputs of a recipe.
  func run(_ bytes: [UInt8], _ recipe: Recipe, _ job: JobFacts) throws -> [Made] {
    var made: [Made] = []
    try run(
      try OpenPicture(bytes.span), trims: recipe.trims,
      verify: { report throws(ProcessingError) in
        try Processor.verify(report, original: OriginalFacts(), by: recipe.verification, job: job)
      },
      plan: { report throws(ProcessingError) in
        try Processor.plan(recipe, for: report, original: OriginalFacts(), job: job, limits: limits)
      },
      emit: { planned, bytes, notes throws(Never) in
        made.append(
          Made(planned: planned, bytes: bytes.withUnsafeBufferPointer { Array($0) }, warnings: notes.warnings))
      })
    return made
  }
}
