import Raster

extension FileNameTemplate {
  /// What a name is made of.
  public struct Facts: Sendable {
    public var job: JobFacts
    public var original: OriginalFacts
    public var output: OutputFacts

    public init(job: JobFacts, original: OriginalFacts, output: OutputFacts) {
      self.job = job
      self.original = original
      self.output = output
    }
  }

  /// The name of an output.
  ///
  /// - Throws: `.noValue` where the job lacks what a placeholder needs; see ``checkValues(of:)``.
  public func name(for facts: Facts) throws(FileNameError) -> PlannedName {
    var values: [PlannedName.Value] = []
    for part in parts {
      switch part {
      case .literal(let text): values.append(.fixed(text))
      case .placeholder(let placeholder): values.append(try value(of: placeholder, in: facts))
      case .number: if facts.original.variants > 1 { values.append(.fixed("-\(facts.original.variant)")) }
      }
    }
    return PlannedName(values)
  }

  /// Whether the job has a value for every placeholder: known before any money is spent.
  public func checkValues(of job: JobFacts) throws(FileNameError) {
    for placeholder in placeholders {
      switch placeholder {
      case .seed where job.seed == nil, .model where job.model == nil: throw noValue(placeholder)
      case .label(let key) where job.labels[key] == nil: throw noValue(placeholder)
      case .name, .job, .pipeline, .variant, .width, .height, .format, .seed, .model, .date, .sha256, .label: break
      }
    }
  }

  func value(of placeholder: Placeholder, in facts: Facts) throws(FileNameError) -> PlannedName.Value {
    switch placeholder {
    case .name: return .text(facts.job.name)
    case .job: return .text(facts.job.job)
    case .pipeline: return .text(facts.job.pipeline)
    case .variant: return .fixed("\(facts.original.variant)")
    case .width: return .fixed("\(facts.output.size.width)")
    case .height: return .fixed("\(facts.output.size.height)")
    case .format: return .fixed(facts.output.format.rawValue)
    case .date: return .text(facts.job.date)
    case .sha256: return .digest
    case .seed:
      guard let seed = facts.job.seed else { throw noValue(placeholder) }
      return .fixed("\(seed)")
    case .model:
      guard let model = facts.job.model else { throw noValue(placeholder) }
      return .text(model)
    case .label(let key):
      guard let label = facts.job.labels[key] else { throw noValue(placeholder) }
      return .text(label)
    }
  }

  private func noValue(_ placeholder: Placeholder) -> FileNameError {
    .noValue(placeholder: placeholder.text, template: text)
  }
}
