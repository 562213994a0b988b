import Documents
import ImageAPI

/// Reads the body of one operation: pictures become files or stay, the pipeline's layer goes beneath, and the whole is
/// checked against the vendor's schema.
struct OperationReader {
  let pipeline: Pipeline
  /// Bytes of the texts that stand for pictures, so far.
  private(set) var pictureBytes = 0

  init(pipeline: Pipeline) {
    self.pipeline = pipeline
  }

  /// - Parameter isChained: the operation works on the picture of the one before.
  mutating func operation(
    _ endpoint: Endpoint, in section: Section, isChained: Bool = false
  ) throws(RequestError) -> Operation {
    var files: [FileField] = []
    var body = JSONObject()
    for entry in section.entries {
      let kind = endpoint.fields.first { $0.name == entry.key }?.kind
      let path = section.place.path + [entry.key]
      if let value = try value(entry.node, kind: kind, path: path, bodyDepth: section.place.path.count, files: &files) {
        body[entry.key] = value
      }
    }
    let own = Set(section.entries.map(\.key))
    if let layer = pipeline.requestLayers[endpoint] {
      for member in layer.members where !own.contains(member.key) { body[member.key] = member.value }
    }
    if isChained { try chain(endpoint, in: section, files: &files) }
    do throws(OperationError) {
      return try Operation(endpoint: endpoint, body: body, files: files)
    } catch {
      let isLayered = error.path.first.map { body[$0] != nil && !own.contains($0) } ?? false
      let path = isChained ? Self.ownPath(error.path, endpoint: endpoint) : error.path
      throw .operation(section.place(of: error, path: path), error, layer: isLayered ? pipeline.name : nil)
    }
  }

  /// The value without the pictures that are files; `nil` for such a picture itself.
  private mutating func value(
    _ node: Node, kind: Field.Kind?, path: [String], bodyDepth: Int, files: inout [FileField]
  ) throws(RequestError) -> JSONValue? {
    switch (kind, node.content) {
    case (.image, .string(let text)):
      pictureBytes += text.utf8.count
      switch try ImageReference(text, at: Place(position: node.position, path: path)) {
      case .inline(let text): return .string(text)
      case .file(let file):
        files.append(FileField(path: Array(path.dropFirst(bodyDepth)), source: .inbox(file)))
        return nil
      }
    case (.array(let item, _), .array(let nodes)):
      var values: [JSONValue] = []
      for (index, node) in nodes.enumerated() {
        let value = try value(node, kind: item, path: path + ["\(index)"], bodyDepth: bodyDepth, files: &files)
        if let value { values.append(value) }
      }
      return .array(values)
    case (.object(let fields), .object(let entries)):
      var object = JSONObject()
      for entry in entries {
        let kind = fields.first { $0.name == entry.key }?.kind
        let value = try value(
          entry.node, kind: kind, path: path + [entry.key], bodyDepth: bodyDepth, files: &files)
        if let value { object[entry.key] = value }
      }
      return .object(object)
    default: return node.value
    }
  }

  /// The picture of the operation before comes first; a multi-edit's own pictures move up by one.
  private func chain(
    _ endpoint: Endpoint, in section: Section, files: inout [FileField]
  ) throws(RequestError) {
    guard endpoint.isMadeOfAnImage else {
      throw .invalid(
        section.place, value: endpoint.rawValue,
        why: "an operation under 'then' works on the picture of the one before, and \(endpoint.rawValue) takes none")
    }
    if endpoint == .multiEdit {
      files = files.map { file in
        guard file.path.first == "images", let index = file.path.last.flatMap(Int.init) else { return file }
        return FileField(path: ["images", "\(index + 1)"], source: file.source)
      }
    } else if let key = ["image", "image_url"].first(where: { section[$0] != nil }) {
      throw .conflict(section.place(of: key), with: "then", why: "the picture is that of the operation before")
    }
    files.append(FileField(path: endpoint.imagePath, source: .previous))
  }

  /// In a chained multi-edit the pictures count from the one before, which the request does not write.
  private static func ownPath(_ path: [String], endpoint: Endpoint) -> [String] {
    guard endpoint == .multiEdit, path.count > 1, path[0] == "images", let index = Int(path[1]), index > 0 else {
      return path
    }
    return ["images", "\(index - 1)"] + path.dropFirst(2)
  }
}
