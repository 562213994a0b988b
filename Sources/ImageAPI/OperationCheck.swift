import Documents

/// Compares a body with the fields of its endpoint, and collects the warnings.
struct OperationCheck {
  let endpoint: Endpoint
  /// The places that files fill; their values are placeholders.
  let files: Set<[String]>
  var warnings: [OperationWarning] = []

  init(endpoint: Endpoint, files: Set<[String]>) {
    self.endpoint = endpoint
    self.files = files
  }

  mutating func run(_ body: JSONObject) throws(OperationError) {
    try check(body, fields: endpoint.fields, path: [])
    try checkTogether(body)
  }

  private mutating func check(_ object: JSONObject, fields: [Field], path: [String]) throws(OperationError) {
    for member in object.members {
      let place = path + [member.key]
      if let field = fields.first(where: { $0.name == member.key }) {
        try check(member.value, field: field, path: place)
      } else if path.isEmpty, let field = endpoint.pageOnlyFields.first(where: { $0.name == member.key }) {
        try check(member.value, field: field, path: place)
        warnings.append(.notInSchema(path: place, page: "the page of /image/edit"))
      } else {
        let known = path.isEmpty ? endpoint.otherNames[member.key] : nil
        throw .unknownField(
          path: place, endpoint: endpoint, nearest: known ?? fields.map(\.name).nearest(to: member.key)
        )
      }
    }
    for field in fields where field.isRequired && object[field.name] == nil {
      throw .missingField(path: path + [field.name], endpoint: endpoint)
    }
  }

  private mutating func check(_ value: JSONValue, field: Field, path: [String]) throws(OperationError) {
    if case .null = value, field.isNullable, !files.contains(path) { return }
    if field.isDeprecated {
      warnings.append(.deprecatedField(path: path, instead: field.name == "modelId" ? "model" : nil))
    }
    try check(value, kind: field.kind, path: path)
  }

  private mutating func check(_ value: JSONValue, kind: Field.Kind, path: [String]) throws(OperationError) {
    switch (kind, value) {
    case (.disabled(let why), _):
      throw .disabledField(path: path, why: why)
    case (.string(let minimum, let maximum), .string(let text)):
      try checkLength(of: text, minimum: minimum, maximum: maximum, path: path)
    case (.choice(let allowed), .string(let text)):
      try checkChoice(text, allowed: allowed, path: path)
    case (.openChoice(let known), .string(let text)):
      try checkLength(of: text, minimum: 1, maximum: nil, path: path)
      if !known.contains(text) {
        warnings.append(.unlistedValue(path: path, value: text, nearest: known.nearest(to: text)))
      }
    case (.integer(let bounds), .number(let text)), (.number(let bounds), .number(let text)):
      guard let number = DecimalNumber(text), kind != .integer(bounds) || number.isInteger else {
        throw .wrongType(path: path, expected: kind.expectation, found: text)
      }
      guard bounds.contains(number) else { throw .outOfRange(path: path, value: text, allowed: bounds) }
    case (.boolean, .bool):
      break
    case (.image, _) where files.contains(path):
      break
    case (.image, .string(let text)):
      try checkImage(text, path: path)
    case (.url, .string(let text)):
      guard ImageArgument.isURL(text) else { throw .notAURL(path: path, value: text) }
    case (.array(let item, let minimum), .array(let items)):
      if let minimum, items.count < minimum {
        throw .tooFewItems(path: path, count: items.count, minimum: minimum)
      }
      for (index, value) in items.enumerated() { try check(value, kind: item, path: path + ["\(index)"]) }
    case (.object(let fields), .object(let object)):
      try check(object, fields: fields, path: path)
    case (_, _) where files.contains(path):
      throw .misplacedFile(path: path, why: "the field takes \(kind.expectation)")
    case (.string, _), (.choice, _), (.openChoice, _), (.integer, _), (.number, _), (.boolean, _), (.image, _),
      (.url, _), (.array, _), (.object, _):
      throw .wrongType(path: path, expected: kind.expectation, found: value.kindForMessages)
    }
  }

  private func checkLength(
    of text: String, minimum: Int?, maximum: Int?, path: [String]
  ) throws(OperationError) {
    let length = text.unicodeScalars.count
    if let minimum, length < minimum { throw .tooShort(path: path, length: length, minimum: minimum) }
    if let maximum, length > maximum { throw .tooLong(path: path, length: length, maximum: maximum) }
  }

  private mutating func checkChoice(_ text: String, allowed: [String], path: [String]) throws(OperationError) {
    if allowed.contains(text) { return }
    // "Accepts jpeg, jpg, png, or webp", says the description beside an enumeration without jpg.
    if path == ["output_format"], text == "jpg", endpoint == .edit || endpoint == .multiEdit {
      warnings.append(.doubtfulValue(path: path, value: text, why: "the schema lists only jpeg, its text jpg too"))
      return
    }
    throw .notAChoice(
      path: path, value: text, allowed: allowed, nearest: allowed.nearest(to: text))
  }

  private func checkImage(_ text: String, path: [String]) throws(OperationError) {
    let data: String
    switch ImageArgument(text) {
    case .url: return
    case .base64(let text), .dataURI(let text): data = text
    case .other(let why): throw .notAnImage(path: path, why: why)
    }
    let limit = endpoint.imageLimits(at: path).bytes
    let count = Base64.decodedCount(data)
    guard count < limit else { throw .imageTooLarge(path: path, bytes: count, maximum: limit) }
    var beginning: [UInt8] = []
    do {
      try Base64.decode(data) { bytes in
        if beginning.isEmpty { beginning = bytes.indices.prefix(ImageArgument.signatureLength).map { bytes[$0] } }
      }
    } catch {
      throw .notAnImage(path: path, why: "\(error)")
    }
    guard ImageArgument.looksLikeAnImage(beginning) else {
      throw .notAnImage(path: path, why: "its bytes do not begin like a picture's")
    }
  }
}

extension JSONValue {
  /// For messages: what stands there.
  fileprivate var kindForMessages: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let text): "the number \(text)"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
