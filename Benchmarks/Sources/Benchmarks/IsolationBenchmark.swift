import Codecs
import Foundation
import Metadata
import Processing
import Raster
import Workers

/// A job's pictures opened in a worker process, beside the same within this one: what the separation costs. Both hand over
/// the outputs and make nothing durable.
struct IsolationBenchmark {
  /// A job may take so much longer.
  static let most = Duration.milliseconds(2)

  let pool: WorkerPool

  /// - Parameter worker: the path of a release build of `darkroom-worker`.
  init(worker: String) throws {
    pool = try WorkerPool(WorkerPool.Configuration(program: worker), limits: Limits(), kept: 2)
    try pool.prove()
  }

  func comparisons() throws -> [Comparison] {
    let photograph = try WebP.encode(Photograph.draw(Size(width: 1024, height: 1024), .rgb8), options: WebP.Options())
    let thumbnail = try PNG.encode(Photograph.draw(Size(width: 64, height: 64), .rgb8), options: PNG.Options())
    return [
      try comparison("PNG 64x64, metadata alone", thumbnail, [("{name}.png", .png, nil)]),
      try comparison("PNG 64x64 to WebP", thumbnail, [("{name}.webp", .webp, nil)]),
      try comparison("WebP 1024x1024, metadata alone", photograph, [("{name}.webp", .webp, nil)]),
      try comparison(
        "WebP to WebP 1024/768/512/256 and JPEG", photograph,
        [1024, 768, 512, 256].map { (width: Int) in ("{name}-\(width).webp", .webp, width) }
          + [("{name}.jpg", .jpeg, nil)]),
    ]
  }

  private func comparison(
    _ name: String, _ original: [UInt8], _ outputs: [(file: String, format: ImageFormat, width: Int?)]
  ) throws -> Comparison {
    let recipe = Recipe(
      outputs: try outputs.map { output in
        OutputRecipe(
          file: try FileNameTemplate(output.file), format: output.format, resize: output.width.map { Resize(width: $0) }
        )
      })
    let facts = JobFacts(
      name: "photograph", job: "benchmark", pipeline: "benchmark", date: "2026-01-01",
      provenance: Provenance(
        source: .trainedAlgorithmicMedia, system: "Venice.ai venice-sd35", created: "2026-01-01T00:00:00Z"))
    let pool = pool
    @Sendable func plan(_ report: OriginalReport) throws(ProcessingError) -> Plan {
      try Processor.plan(recipe, for: report, original: OriginalFacts(), job: facts)
    }
    return Comparison(
      name: name, clock: .wall,
      wrapped: {
        var bytes = 0
        try pool.run(try OpenPicture(original.span), plan: plan) { _, output, _ throws(Never) in bytes += output.count }
        return bytes
      },
      bare: {
        var bytes = 0
        let report = try Processor.examine(original.span)
        try Processor.run(try plan(report), original: original.span) { (output) throws(Never) in
          bytes += output.bytes.count
        }
        return bytes
      })
  }
}
