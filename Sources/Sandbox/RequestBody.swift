/// The body of a call, from JSON or from a form: the fields, and the files beside them.
struct RequestBody: Sendable {
  /// An object; a file stands in it as a string.
  let fields: JSON
  private let files: [String: [[UInt8]]]

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
      files = [:]
    case "multipart/form-data" where endpoint.acceptsMultipart:
      guard let form = MultipartForm(bytes, contentType: contentType) else {
        throw Refusal(status: 400, message: "The request body is not a valid multipart form")
      }
      (fields, files) = try Self.read(form, endpoint.schema)
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
  ) throws(Refusal) -> (fields: JSON, files: [String: [[UInt8]]]) {
    var fields: [String: JSON] = [:]
    var files: [String: [[UInt8]]] = [:]
    for part in form.parts {
      // Repeated and bracketed names are how forms write arrays.
      let name = part.name.hasSuffix("[]") ? String(part.name.dropLast(2)) : part.name
      guard let field = schema.field(name) else {
        fields[name] = .string("")
        continue
      }
      let value: JSON
      if part.fileName != nil {
        files[name, default: []].append(part.bytes)
        value = "file"
      } else if let text = String(validating: part.bytes, as: UTF8.self) {
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
    return (.object(fields), files)
  }

  /// The pictures of a field, in order: uploaded, or in the text.
  func images(_ field: String) throws(Refusal) -> [InputImage] {
    var images: [InputImage] = []
    if let uploads = files[field] {
      for bytes in uploads { images.append(try InputImage(bytes: bytes, field: field)) }
    } else {
      for text in fields[field]?.array ?? fields[field].map({ [$0] }) ?? [] {
        images.append(try InputImage(text: text.string ?? "", field: field))
      }
    }
    guard !images.isEmpty else { throw .invalid(field, "Required") }
    return images
  }
}
