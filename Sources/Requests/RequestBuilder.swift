import Documents
import ImageAPI

/// Builds one request from its document.
struct RequestBuilder {
  static let operationKeys = Endpoint.allCases.map(\.rawValue) + ["source"]
  static let keys = ["pipeline", "name", "output", "priority", "labels", "metadata"] + operationKeys + ["then"]

  let root: Node
  let path: String
  let defaultName: String
  let pipelines: PipelineCatalog

  init(root: Node, path: String, defaultName: String, pipelines: PipelineCatalog) {
    self.root = root
    self.path = path
    self.defaultName = defaultName
    self.pipelines = pipelines
  }

  /// For a dropped picture, whose request is empty.
  init(picture path: String, pipelines: PipelineCatalog) {
    self.init(
      root: Node(position: Position(line: 1, column: 1), content: .null), path: path,
      defaultName: RequestFile.stem(of: path), pipelines: pipelines)
  }

  func request() throws(RequestError) -> Request {
    let section = try Section(root, path: [], expected: "a request, which is a mapping")
    let bare = Self.bareEndpoint(section)
    if bare == nil { try checkKeys(section) }
    let envelope = bare == nil ? section : Section(emptyAt: root.position)
    let pipeline = try pipeline(envelope)
    var reader = OperationReader(pipeline: pipeline)
    let work: Request.Work
    if let bare {
      work = .call(try bareOperation(bare, in: section, reader: &reader))
    } else {
      work = try self.work(section, reader: &reader)
    }
    let chain = try chain(envelope, reader: &reader)
    let textBytes = root.weight - reader.pictureBytes
    guard textBytes <= RequestReader.textLimit else {
      throw .tooLarge(found: textBytes, limit: RequestReader.textLimit)
    }
    return Request(
      pipeline: pipeline.name, name: try name(envelope), output: try output(envelope),
      priority: try envelope.integer("priority", in: Request.priorities) ?? 0,
      labels: try LabelReader.labels(envelope), work: work, chain: chain, document: root.value,
      texts: try MetadataReader.texts(ofRequest: envelope))
  }

  func pictureRequest(_ pipeline: Pipeline) throws(RequestError) -> Request {
    let none = Section(emptyAt: root.position)
    let work: Request.Work
    if let endpoint = pipeline.imageOperation {
      do throws(OperationError) {
        let files = [FileField(path: endpoint.imagePath, source: .inbox(path))]
        work = .call(
          try Operation(endpoint: endpoint, body: pipeline.requestLayers[endpoint] ?? JSONObject(), files: files))
      } catch {
        throw .operation(none.place(of: error), error, layer: pipeline.name)
      }
    } else {
      work = .source(path)
    }
    return Request(
      pipeline: pipeline.name, name: try name(none), output: try output(none), priority: 0, labels: [:], work: work,
      chain: [], document: .null, texts: nil)
  }

  // MARK: The operation

  /// The endpoint of a bare API body; `nil` for a request that names its operation. A body that has `images` can only
  /// be a multi-edit's.
  private static func bareEndpoint(_ section: Section) -> Endpoint? {
    guard section["prompt"] != nil, !operationKeys.contains(where: { section[$0] != nil }) else { return nil }
    if section["image"] != nil { return .edit }
    if section["images"] != nil { return .multiEdit }
    let compatible = ["size", "response_format", "output_format"].contains { section[$0] != nil }
    return compatible ? .generations : .generate
  }

  private func bareOperation(
    _ endpoint: Endpoint, in section: Section, reader: inout OperationReader
  ) throws(RequestError) -> Operation {
    let fields = endpoint.fields.map(\.name)
    if let entry = section.entries.first(where: { Self.keys.contains($0.key) && !fields.contains($0.key) }) {
      let place = Place(position: entry.keyPosition, path: [entry.key])
      let hint = "This is a bare API body; to use '\(entry.key)', put the body under '\(endpoint.rawValue):'"
      throw .unknownKey(place, nearest: nil, hint: hint)
    }
    return try reader.operation(endpoint, in: section)
  }

  private func work(_ section: Section, reader: inout OperationReader) throws(RequestError) -> Request.Work {
    let asked = section.entries.filter { Self.operationKeys.contains($0.key) }
    guard let first = asked.first else { throw .noOperation(section.place) }
    if asked.count > 1 {
      throw .severalOperations(
        Place(position: asked[1].keyPosition, path: [asked[1].key]), names: asked.map(\.key))
    }
    if let endpoint = Endpoint(rawValue: first.key) {
      return .call(try reader.operation(endpoint, in: Section(first.node, path: [first.key])))
    }
    let text = try section.text("source") ?? ""
    return .source(try ImageReference.path(text, at: section.place(of: "source")))
  }

  private func chain(_ section: Section, reader: inout OperationReader) throws(RequestError) -> [Operation] {
    var chain: [Operation] = []
    for (index, node) in (try section.list("then") ?? []).enumerated() {
      let step = try Section(node, path: ["then", "\(index)"], expected: "an operation")
      try step.checkKeys(Endpoint.allCases.map(\.rawValue)) { key in
        key == "source" ? "Only the first operation can be a 'source'" : nil
      }
      guard let entry = step.entries.first, let endpoint = Endpoint(rawValue: entry.key) else {
        throw .noOperation(step.place)
      }
      if step.entries.count > 1 {
        let second = step.entries[1]
        throw .severalOperations(
          Place(position: second.keyPosition, path: step.place.path + [second.key]), names: step.entries.map(\.key))
      }
      let body = try Section(entry.node, path: step.place.path + [entry.key])
      chain.append(try reader.operation(endpoint, in: body, isChained: true))
    }
    return chain
  }

  // MARK: Around the operation

  private func checkKeys(_ section: Section) throws(RequestError) {
    let asked = section.entries.compactMap { Endpoint(rawValue: $0.key) }.first
    try section.checkKeys(Self.keys) { key in
      if key == "after" { return "What runs on the machine is the administrator's: 'after' stands in pipelines" }
      if PipelineReader.keys.contains(key) { return "'\(key)' is a key of pipelines; it stands in the pipeline's file" }
      if let asked, asked.fields.contains(where: { $0.name == key }) {
        return "It is a field of '\(asked.rawValue)': move it under that key"
      }
      return nil
    }
  }

  private func pipeline(_ section: Section) throws(RequestError) -> Pipeline {
    let folder = RequestFile.folder(of: path).split(separator: "/").first.map(String.init)
    let written = try section.text("pipeline").map(PlaceName.normalized)
    let name = written ?? folder.map(PlaceName.normalized) ?? RequestReader.defaultPipeline
    guard let pipeline = pipelines[name] else {
      throw .unknownPipeline(
        written == nil ? section.place : section.place(of: "pipeline"), name: name,
        nearest: pipelines.nearest(to: name), folder: written == nil && folder != nil)
    }
    return pipeline
  }

  private func name(_ section: Section) throws(RequestError) -> String {
    let written = try section.text("name")
    let name = PlaceName.normalized(written ?? defaultName)
    if let flaw = PlaceName.flaw(name) {
      let source = written == nil ? "; it comes from the file's name: rename the file, or give it a 'name'" : ""
      throw .invalid(section.place(of: "name"), value: name, why: flaw + source)
    }
    return name
  }

  private func output(_ section: Section) throws(RequestError) -> String {
    let written = try section.text("output")
    let output = PlaceName.normalized(written ?? RequestFile.folder(of: path))
    if let flaw = PlaceName.folderFlaw(output) {
      let source = written == nil ? "; it comes from the request's folder: rename that, or give an 'output'" : ""
      throw .invalid(section.place(of: "output"), value: output, why: flaw + source)
    }
    return output
  }
}

extension Node {
  /// Bytes that the document needs at least: keys and values, without white space and punctuation.
  fileprivate var weight: Int {
    switch content {
    case .null, .bool: 4
    case .number(let text), .string(let text): text.utf8.count
    case .array(let nodes): nodes.reduce(0) { $0 + $1.weight }
    case .object(let entries): entries.reduce(0) { $0 + $1.key.utf8.count + $1.node.weight }
    }
  }
}
