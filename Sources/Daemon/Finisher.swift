import Codecs
import Crypto
import Processing
import Raster
import Spool

/// From originals to finished files in a staged directory. The daemon and `darkroom process` both go through here.
struct Finisher: Sendable {
  struct Original: Sendable {
    /// Its bytes, asked for when its turn comes: one original is in memory at a time.
    var load: @Sendable () throws(SpoolError) -> [UInt8]
    var facts: OriginalFacts
  }

  /// What the manifest says of an output.
  struct Output: Sendable {
    var file: String
    var variant: Int
    var planned: PlannedOutput
    var bytes: Int
    var sha256: String
  }

  struct Result: Sendable {
    var outputs: [Output] = []
    var warnings: [String] = []
  }

  let limits: Limits

  /// Makes the outputs of all originals, each file durable in `directory` before the next is begun.
  ///
  /// - Throws: `.processing` when an original is unfit or an output cannot be made, `.emission` when the disk fails.
  ///   What was written until then is discarded with the directory.
  func finish(
    _ originals: [Original], recipe: Recipe, job: JobFacts, into directory: inout StagedDirectory
  ) throws(RunError<SpoolError>) -> Result {
    var result = Result()
    for original in originals {
      let bytes: [UInt8]
      do throws(SpoolError) {
        bytes = try original.load()
      } catch {
        throw .emission(error)
      }
      let plan: Plan
      do throws(ProcessingError) {
        let report = try Processor.examine(bytes.span, limits: limits)
        plan = try Processor.plan(recipe, for: report, original: original.facts, job: job, limits: limits)
      } catch {
        throw .processing(error)
      }
      result.warn(plan.warnings)
      try Processor.run(plan, original: bytes.span, limits: limits) { finished throws(SpoolError) in
        let sha256 = SHA256.text(of: finished.bytes)
        let file = finished.fileName(sha256: sha256)
        // Two variants that are one picture come to one name when the name is made of the picture's digest.
        guard !result.outputs.contains(where: { $0.file == file && $0.sha256 == sha256 }) else { return }
        guard !result.outputs.contains(where: { $0.file == file }) else { throw .occupied(path: file) }
        try directory.write(finished.bytes.span, to: file)
        result.outputs.append(
          Output(
            file: file, variant: original.facts.variant, planned: finished.planned, bytes: finished.bytes.count,
            sha256: sha256))
        result.warn(finished.warnings)
      }
    }
    return result
  }
}

extension Finisher.Result {
  fileprivate mutating func warn(_ warnings: [ProcessingWarning]) {
    for warning in warnings.map(\.description) where !self.warnings.contains(warning) {
      self.warnings.append(warning)
    }
  }
}
