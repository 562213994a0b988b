/// The body of a call, from JSON or from a form: the fields, and the files beside them.
struct RequestBody: Sendable {
  /// What stands for a picture.
  private enum Source: Sendable {
    case file([UInt8])
    case text(String)
  }

  /// An object; a file stands in it as a string.
  let fields: JSON
  /// The parts of a form by name, in their order.
  private let parts: [String: [Source]]

  /// Reads a body by its content type.
  ///
  /// - Throws: a 415 for a content type that the endpoint does not take, a 400 for a body that is not of its type.
  init(_ bytes: [UInt8], contentType: String, endpoint: PaidEndpoint) throws(Refusal) {
    let media = contentType.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    switch media {
    case "application/json":
      guard let json = JSON(parsing: bytes) else {
        throw Refusal(status: 400, message: "The request body is not valid JSON")
      }
      fields = json
      parts = [:]
    case "multipart/form-data" where endpoint.acceptsMultipart:
      guard let form = MultipartForm(bytes, contentType: contentType) else {
        throw Refusal(status: 400, message: "The request body is not a valid multipart form")
      }
      (fields, parts) = try Self.read(form, endpoint.schema)
    default:
      throw Refusal(
        status: 415,
        message:
          "Invalid request content-type: expected application/json\(endpoint.acceptsMultipart ? " or multipart/form-data" : "")"
      )
    }
  }

  private static func read(
    _ form: MultipartForm, _ schema: RequestSchema
  ) throws(Refusal) -> (fields: JSON, parts: [String: [Source]]) {
    var fields: [String: JSON] = [:]
    var parts: [String: [Source]] = [:]
    for part in form.parts {
      // Repeated and bracketed names are how forms write arrays.
      let name = part.name.hasSuffix("[]") ? String(part.name.dropLast(2)) : part.name
      guard let field = schema.field(name) else {
        fields[name] = .string("")
        continue
      }
      let value: JSON
      if part.fileName != nil {
        parts[name, default: []].append(.file(part.bytes))
        value = "file"
      } else if let text = String(validating: part.bytes, as: UTF8.self) {
        parts[name, default: []].append(.text(text))
        value = field.value(ofFormText: text)
      } else {
        throw .invalid(name, "not UTF-8")
      }
      if case .images = field.kind {
        fields[name] = .array((fields[name]?.array ?? []) + [value])
      } else {
        fields[name] = value
      }
    }
    return (.object(fields), parts)
  }

  /// The one picture of a field: uploaded, or in the text.
  func image(_ field: String, within bounds: InputImage.Bounds) throws(Refusal) -> InputImage {
    let sources = parts[field] ?? fields[field]?.string.map { [.text($0)] } ?? []
    guard let source = sources.last else { throw .invalid(field, "Required") }
    return try Self.image(source, at: [field], within: bounds)
  }

  /// The pictures of a field that takes several, in their order.
  func images(_ field: String, within bounds: InputImage.Bounds) throws(Refusal) -> [InputImage] {
    let sources = parts[field] ?? (fields[field]?.array ?? []).map { .text($0.string ?? "") }
    var images: [InputImage] = []
    for (index, source) in sources.enumerated() {
      images.append(try Self.image(source, at: [field, "\(index)"], within: bounds))
    }
    return images
  }

  private static func image(
    _ source: Source, at path: [String], within bounds: InputImage.Bounds
  ) throws(Refusal) -> InputImage {
    switch source {
    case .file(let bytes): try InputImage(bytes: bytes, at: path, within: bounds)
    case .text(let text): try InputImage(text: text, at: path, within: bounds)
    }
  }
}
