import Documents

/// The pipelines by name.
public struct PipelineCatalog: Hashable, Sendable {
  public private(set) var pipelines: [String: Pipeline]

  public init(_ pipelines: [Pipeline] = []) {
    self.pipelines = [:]
    for pipeline in pipelines { self.pipelines[pipeline.name] = pipeline }
  }

  public subscript(name: String) -> Pipeline? { pipelines[name] }

  /// In alphabetical order.
  public var names: [String] { pipelines.keys.sorted() }

  func nearest(to name: String) -> String? { names.nearest(to: name) }

  mutating func add(_ pipeline: Pipeline) {
    pipelines[pipeline.name] = pipeline
  }
}

/// What a pipeline folder holds: the pipelines that can be read, and what is wrong with the others.
public struct PipelineFolder: Sendable {
  public struct Mistake: Hashable, Sendable {
    /// The file's name within the folder.
    public let file: String
    public let error: RequestError
  }

  public let catalog: PipelineCatalog
  /// In the order of the files' names.
  public let mistakes: [Mistake]
}
