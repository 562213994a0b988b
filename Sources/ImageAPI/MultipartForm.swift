import Documents
import NIOCore

/// Writes `multipart/form-data` (RFC 7578).
struct MultipartForm {
  private let boundary: String
  private var pieces: [RequestBody.Piece] = []

  init() {
    var random = SystemRandomNumberGenerator()
    // 128 random bits do not occur in a picture by chance.
    boundary = "darkroom-\(String(random.next(), radix: 36))-\(String(random.next(), radix: 36))"
  }

  var contentType: String { "multipart/form-data; boundary=\(boundary)" }

  /// One part for a value, one for each item of an array; none for null, for which a form has no word.
  mutating func append(_ value: JSONValue, path: [String], uploads: [Upload]) {
    if let upload = uploads.first(where: { $0.path == path }) {
      begin(path[0], fileName: upload.fileName, mediaType: upload.mediaType)
      pieces.append(.content(OutgoingContent(upload, isBase64: false)))
      pieces.append(.bytes(ByteBuffer(string: "\r\n")))
      return
    }
    switch value {
    case .null: break
    case .bool(let value): append("\(value)", name: path[0])
    case .number(let text), .string(let text): append(text, name: path[0])
    case .array(let items):
      for (index, item) in items.enumerated() { append(item, path: path + ["\(index)"], uploads: uploads) }
    case .object: append(value.serialized(), name: path[0])
    }
  }

  /// The form is whole after this.
  func finished() -> [RequestBody.Piece] { pieces + [.bytes(ByteBuffer(string: "--\(boundary)--\r\n"))] }

  private mutating func append(_ text: String, name: String) {
    begin(name)
    pieces.append(.bytes(ByteBuffer(string: "\(text)\r\n")))
  }

  private mutating func begin(_ name: String, fileName: String? = nil, mediaType: String? = nil) {
    var head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.escaped(name))\""
    if let fileName { head += "; filename=\"\(Self.escaped(fileName))\"" }
    if let mediaType { head += "\r\nContent-Type: \(Self.escaped(mediaType))" }
    pieces.append(.bytes(ByteBuffer(string: head + "\r\n\r\n")))
  }

  /// As browsers do (HTML Standard, "multipart/form-data encoding algorithm").
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "%22"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
