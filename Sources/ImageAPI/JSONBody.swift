import Documents
import NIOCore

/// Writes JSON in pieces: files stand in it as base64 strings that are read while they are sent.
struct JSONBody {
  private let uploads: [Upload]
  private var pieces: [RequestBody.Piece] = []
  private var text = ByteBuffer()

  init(uploads: [Upload]) {
    self.uploads = uploads
  }

  /// - Parameter path: where the value stands in the body.
  mutating func append(_ value: JSONValue, path: [String]) {
    if let upload = uploads.first(where: { $0.path == path }) {
      text.writeStaticString("\"")
      pieces.append(.bytes(text))
      pieces.append(.content(OutgoingContent(upload, isBase64: true)))
      text = ByteBuffer(staticString: "\"")
      return
    }
    guard uploads.contains(where: { $0.path.starts(with: path) }) else {
      text.writeBytes(value.serializedBytes())
      return
    }
    switch value {
    case .object(let object):
      text.writeStaticString("{")
      for (index, member) in object.members.enumerated() {
        if index > 0 { text.writeStaticString(",") }
        text.writeBytes(JSONValue.string(member.key).serializedBytes())
        text.writeStaticString(":")
        append(member.value, path: path + [member.key])
      }
      text.writeStaticString("}")
    case .array(let items):
      text.writeStaticString("[")
      for (index, item) in items.enumerated() {
        if index > 0 { text.writeStaticString(",") }
        append(item, path: path + ["\(index)"])
      }
      text.writeStaticString("]")
    case .null, .bool, .number, .string:
      text.writeBytes(value.serializedBytes())
    }
  }

  /// The text is whole after this.
  func finished() -> [RequestBody.Piece] { pieces + [.bytes(text)] }
}
