import FoundationEssentials

/// One documented field of a request body, with the bounds of the vendor's schema.
struct Field: Sendable {
  enum Kind: Sendable {
    /// Characters, as JSON Schema counts them: code points.
    case text(ClosedRange<Int>)
    case choice([String])
    case boolean
    case integer(ClosedRange<Int>)
    case number(above: Decimal, upTo: Decimal)
    case numberFrom(ClosedRange<Decimal>)
    /// A file, base64, a data URI or a URL.
    case image
    case images
    case styleReferences
    /// Disabled by the vendor since May 2025: only null passes.
    case disabled
  }

  let name: String
  let kind: Kind
  var isRequired = false
  var isNullable = false

  init(_ name: String, _ kind: Kind, isRequired: Bool = false, isNullable: Bool = false) {
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
    self.isNullable = isNullable
  }

  static let unlimited = 0...Int.max

  /// What is wrong with a value; empty when nothing is.
  func issues(_ value: JSON) -> [Refusal.Issue] {
    if value == .null, isNullable { return [] }
    func issue(_ message: String, _ below: String...) -> [Refusal.Issue] {
      [Refusal.Issue(path: [name] + below, message: message)]
    }
    switch kind {
    case .text(let range):
      guard let text = value.string else { return issue("Expected string, received \(value.typeName)") }
      let count = text.unicodeScalars.count
      if count < range.lowerBound { return issue("String must contain at least \(range.lowerBound) character(s)") }
      if count > range.upperBound { return issue("String must contain at most \(range.upperBound) character(s)") }
    case .choice(let choices):
      guard let text = value.string, choices.contains(text) else {
        return issue("Invalid enum value. Expected \(choices.map { "'\($0)'" }.joined(separator: " | "))")
      }
    case .boolean:
      guard case .bool = value else { return issue("Expected boolean, received \(value.typeName)") }
    case .integer(let range):
      guard value.decimal != nil else { return issue("Expected number, received \(value.typeName)") }
      guard let number = value.integer else { return issue("Expected integer, received float") }
      if number < range.lowerBound { return issue("Number must be greater than or equal to \(range.lowerBound)") }
      if number > range.upperBound { return issue("Number must be less than or equal to \(range.upperBound)") }
    case .number(let low, let high):
      guard let number = value.decimal else { return issue("Expected number, received \(value.typeName)") }
      if number <= low { return issue("Number must be greater than \(low)") }
      if number > high { return issue("Number must be less than or equal to \(high)") }
    case .numberFrom(let range):
      guard let number = value.decimal else { return issue("Expected number, received \(value.typeName)") }
      if !range.contains(number) { return issue("Number must be from \(range.lowerBound) to \(range.upperBound)") }
    case .image:
      guard value.string != nil else { return issue("Expected an image, received \(value.typeName)") }
    case .images:
      guard let images = value.array, !images.isEmpty else { return issue("Expected at least 1 image") }
      return images.indices.flatMap { index in
        images[index].string == nil ? issue("Expected an image", "\(index)") : []
      }
    case .styleReferences:
      guard let references = value.array else { return issue("Expected array, received \(value.typeName)") }
      return references.indices.flatMap { index in
        RequestSchema.styleReference.issues(references[index]).map {
          Refusal.Issue(path: [name, "\(index)"] + $0.path, message: $0.message)
        }
      }
    case .disabled:
      if value != .null { return issue("Inpainting was disabled on May 19th, 2025") }
    }
    return []
  }

  /// A text field of a form as the type it stands for; left a string where it cannot be that, to be refused.
  func value(ofFormText text: String) -> JSON {
    switch kind {
    case .boolean where text == "true": true
    case .boolean where text == "false": false
    case .integer, .number, .numberFrom: Decimal(string: text).map(JSON.number) ?? .string(text)
    default: .string(text)
    }
  }
}

extension JSON {
  /// The word that the vendor's messages have for a value's type.
  var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
