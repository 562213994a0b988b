import Crypto
import Metadata
import Processing
import Raster
import Spool
import Workers

/// From originals to finished files in a staged directory. The daemon and `darkroom process` both go through here.
struct Finisher: Sendable {
  struct Original: Sendable {
    /// Its file, asked for when its turn comes: one original is open at a time.
    var open: @Sendable () throws(RunError<SpoolError>) -> OpenPicture
    var facts: OriginalFacts
  }

  /// What the manifest says of an output.
  struct Output: Sendable {
    var file: String
    var variant: Int
    var planned: PlannedOutput
    var bytes: Int
    var sha256: String
    var credential: CredentialFate?
  }

  struct Result: Sendable {
    var outputs: [Output] = []
    var warnings: [String] = []
  }

  let workers: WorkerPool

  /// Makes the outputs of all originals, each file durable in `directory` before the next is begun.
  ///
  /// - Throws: `.processing` when an original is unfit or an output cannot be made, `.emission` when the disk fails.
  ///   What was written until then is discarded with the directory.
  func finish(
    _ originals: [Original], recipe: Recipe, job: JobFacts, into directory: inout StagedDirectory
  ) throws(RunError<SpoolError>) -> Result {
    var result = Result()
    for original in originals {
      let picture = try original.open()
      try workers.run(
        picture, trims: recipe.trims,
        verify: { report throws(ProcessingError) in
          try Processor.verify(report, original: original.facts, by: recipe.verification, job: job)
        },
        plan: { report throws(ProcessingError) in
          let plan = try Processor.plan(
            recipe, for: report, original: original.facts, job: job, limits: workers.limits)
          result.warn(plan.warnings)
          return plan
        },
        emit: { planned, bytes, notes throws(SpoolError) in
          let sha256 = SHA256.text(of: bytes)
          let file = planned.name.name(sha256: sha256)
          // Two variants that are one picture come to one name when the name is made of the picture's digest.
          guard !result.outputs.contains(where: { $0.file == file && $0.sha256 == sha256 }) else { return }
          try directory.write(bytes, to: file)
          result.outputs.append(
            Output(
              file: file, variant: original.facts.variant, planned: planned, bytes: bytes.count, sha256: sha256,
              credential: notes.credential))
          result.warn(notes.warnings)
        })
    }
    return result
  }
}

extension Finisher.Result {
  fileprivate mutating func warn(_ warnings: [ProcessingWarning]) {
    for warning in warnings.map(Self.words) where !self.warnings.contains(warning) {
      self.warnings.append(warning)
    }
  }

  /// Each output's record says what became of the credential: why is said once.
  private static func words(_ warning: ProcessingWarning) -> String {
    if case .metadata(_, .credentialDropped) = warning { return MetadataWarning.credentialDropped.description }
    return warning.description
  }
}
