import Documents
import Foundation
import Testing

@testable import ImageAPI

/// The table of fields against the vendor's own schema, Tests/Venice/openapi.json.
struct EndpointFieldsTests {
  private let schema: JSONObject

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Venice/openapi.json")
    schema = try json(String(contentsOf: file, encoding: .utf8))
  }

  @Test(arguments: Endpoint.allCases, ["application/json", "multipart/form-data"])
  func fields_areTheSchemas(endpoint: Endpoint, mediaType: String) throws {
    let content = try object(schema, "paths", endpoint.path, "post", "requestBody", "content")
    #expect((content["multipart/form-data"] != nil) == endpoint.acceptsUploads)
    guard case .object(let media)? = content[mediaType] else { return }
    let body = try merged(object(media, "schema"))
    let fields = try fields(of: body)
    #expect(Set(endpoint.fields.map(\.name)) == Set(fields.map(\.name)))
    for field in fields { #expect(endpoint.fields.first { $0.name == field.name } == field) }
    #expect(endpoint.fields.count == fields.count)
  }

  /// Every property of a schema object as a field. What is in the schema and not understood here fails the test.
  private func fields(of body: JSONObject) throws -> [Field] {
    let required: [String] =
      if case .array(let names)? = body["required"] {
        names.compactMap { if case .string(let name) = $0 { name } else { nil } }
      } else {
        []
      }
    return try object(body, "properties").members.map { member in
      guard case .object(let property) = member.value else { throw Unreadable(what: member.key) }
      return Field(
        member.key, try kind(of: property, name: member.key), required: required.contains(member.key),
        nullable: property.bool("nullable") ?? false, deprecated: property.bool("deprecated") ?? false)
    }
  }

  private func kind(of property: JSONObject, name: String) throws -> Field.Kind {
    let understood = [
      "type", "minimum", "maximum", "exclusiveMinimum", "enum", "minLength", "maxLength", "minItems", "items", "anyOf",
      "properties", "required", "nullable", "deprecated", "default", "description", "example", "format",
      "additionalProperties",
    ]
    #expect(property.keys.filter { !understood.contains($0) } == [], "\(name)")
    let bounds = Field.Bounds(
      minimum: property.number("minimum"), maximum: property.number("maximum"),
      excludesMinimum: property.bool("exclusiveMinimum") ?? false)
    switch property.string("type") {
    case "string":
      if case .array(let values)? = property["enum"] {
        let names = values.compactMap { if case .string(let text) = $0 { text } else { nil } }
        // New models appear there every few weeks: the list is kept open.
        return name == "modelId" ? .openChoice(names) : .choice(names)
      }
      if property.string("format") == "uri" { return .url }
      if property.string("format") == "binary" { return .image }
      return .string(
        minLength: property.number("minLength").flatMap(Int.init),
        maxLength: property.number("maxLength").flatMap(Int.init))
    case "integer": return .integer(bounds)
    case "number": return .number(bounds)
    case "boolean": return .boolean
    case "array":
      return .array(
        of: try kind(of: object(property, "items"), name: name),
        minItems: property.number("minItems").flatMap(Int.init))
    case "object": return .object(try fields(of: property))
    case nil where property["anyOf"] != nil:
      // {} is a file, then strings: base64 and URLs.
      return .image
    case nil where name == "inpaint":
      return .disabled(why: "the vendor switched inpainting off on 19 May 2025")
    default: throw Unreadable(what: name)
    }
  }

  /// `$ref` followed and `allOf` laid together; a later property adds to an earlier one of its name.
  private func merged(_ object: JSONObject) throws -> JSONObject {
    if let reference = object.string("$ref") {
      return try self.object(
        schema, "components", "schemas", reference.split(separator: "/").last.map(String.init) ?? "")
    }
    guard case .array(let parts)? = object["allOf"] else { return object }
    var whole = JSONObject()
    for part in parts {
      guard case .object(let part) = part else { continue }
      for member in try merged(part).members {
        guard case .object(var properties)? = whole[member.key], case .object(let more) = member.value else {
          whole[member.key] = whole[member.key] ?? member.value
          continue
        }
        for property in more.members {
          guard case .object(var known)? = properties[property.key], case .object(let extra) = property.value else {
            properties[property.key] = property.value
            continue
          }
          for rule in extra.members { known[rule.key] = rule.value }
          properties[property.key] = .object(known)
        }
        whole[member.key] = .object(properties)
      }
    }
    return whole
  }

  private struct Unreadable: Error { let what: String }

  private func object(_ from: JSONObject, _ path: String...) throws -> JSONObject {
    var object = from
    for step in path {
      guard case .object(let next)? = object[step] else { throw Unreadable(what: step) }
      object = next
    }
    return object
  }
}
