import Documents
import NIOCore

/// An operation as bytes.
///
/// Pictures that are files go as `multipart/form-data`. Where the endpoint has no such form, or the same body names
/// other pictures by URL or base64, which the form cannot carry, they go into the JSON as base64.
struct RequestBody: Sendable {
  let contentType: String
  /// Sent one after the other; a form's files are not copied together first.
  let pieces: [ByteBuffer]

  var count: Int { pieces.reduce(0) { $0 + $1.readableBytes } }

  init(_ operation: Operation, uploads: [Upload]) throws(SendFailure) {
    try Self.check(uploads, for: operation)
    do {
      if Self.isForm(operation) {
        let whole = try Operation.placing(uploads.map { ($0.path, .null) }, in: operation.body)
        var form = MultipartForm()
        for member in whole.members { form.append(member.value, path: [member.key], uploads: uploads) }
        contentType = form.contentType
        pieces = form.finished()
      } else {
        let whole = try Operation.placing(
          uploads.map { ($0.path, .string(Base64.encode($0.bytes))) }, in: operation.body)
        contentType = "application/json"
        pieces = [ByteBuffer(bytes: JSONValue.object(whole).serializedBytes())]
      }
    } catch {
      throw .uploads("\(error)")
    }
  }

  private static func isForm(_ operation: Operation) -> Bool {
    guard operation.endpoint.acceptsUploads, !operation.files.isEmpty else { return false }
    return !operation.endpoint.imageFields.contains { operation.body[$0.name] != nil }
  }

  private static func check(_ uploads: [Upload], for operation: Operation) throws(SendFailure) {
    let wanted = Set(operation.files.map(\.path))
    let given = Set(uploads.map(\.path))
    guard uploads.count == given.count, wanted == given else {
      throw .uploads("files are for \(names(wanted)), uploads for \(names(given))")
    }
    for upload in uploads {
      guard !upload.bytes.isEmpty else { throw .uploads("'\(upload.path.joined(separator: "."))' has no bytes") }
      let limit = Endpoint.byteLimit(ofImageAt: upload.path)
      guard upload.bytes.count < limit else {
        throw .uploads("\(OperationError.imageTooLarge(path: upload.path, bytes: upload.bytes.count, maximum: limit))")
      }
    }
  }

  private static func names(_ paths: Set<[String]>) -> String {
    paths.isEmpty ? "nothing" : paths.map { $0.joined(separator: ".") }.sorted().joined(separator: ", ")
  }
}

extension RequestBody {
  /// The pieces as the HTTP client takes them: the next one is asked for when the connection has room.
  struct Pieces: AsyncSequence, Sendable {
    let pieces: [ByteBuffer]

    struct AsyncIterator: AsyncIteratorProtocol {
      var rest: IndexingIterator<[ByteBuffer]>

      mutating func next() async -> ByteBuffer? { rest.next() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: pieces.makeIterator()) }
  }
}
