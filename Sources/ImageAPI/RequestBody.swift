import Documents
import NIOCore

/// An operation as bytes, in pieces: what stands between the pictures is ready, the pictures are read while they are
/// sent.
///
/// Pictures that are files go as `multipart/form-data`. Where the endpoint has no such form, or the same body names
/// other pictures by URL or base64, which the form cannot carry, they go into the JSON as base64.
struct RequestBody: Sendable {
  enum Piece: Sendable {
    case bytes(ByteBuffer)
    case content(OutgoingContent)
  }

  let contentType: String
  let pieces: [Piece]
  /// In bytes, exact.
  let count: Int

  init(_ operation: Operation, uploads: [Upload]) throws(SendFailure) {
    try Self.check(uploads, for: operation)
    let whole: JSONObject
    do {
      whole = try Operation.placing(uploads.map { ($0.path, .null) }, in: operation.body)
    } catch {
      throw .uploads("\(error)")
    }
    if Self.isForm(operation) {
      var form = MultipartForm()
      for member in whole.members { form.append(member.value, path: [member.key], uploads: uploads) }
      contentType = form.contentType
      pieces = form.finished()
    } else {
      var text = JSONBody(uploads: uploads)
      text.append(.object(whole), path: [])
      contentType = "application/json"
      pieces = text.finished()
    }
    count = pieces.reduce(0) { sum, piece in
      switch piece {
      case .bytes(let bytes): sum + bytes.readableBytes
      case .content(let content): sum + content.countOnTheWire
      }
    }
  }

  /// Asks every content for its last byte.
  func probe() async throws(SendFailure) {
    for case .content(let content) in pieces {
      do {
        try await content.probe()
      } catch {
        throw Task.isCancelled ? .cancelled : .uploads("\(error)")
      }
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
      let count = upload.content.count
      guard count > 0 else { throw .uploads("'\(upload.path.joined(separator: "."))' has no bytes") }
      let limit = operation.endpoint.imageLimits(at: upload.path).bytes
      guard count < limit else {
        throw .uploads("\(OperationError.imageTooLarge(path: upload.path, bytes: count, maximum: limit))")
      }
    }
  }

  private static func names(_ paths: Set<[String]>) -> String {
    paths.isEmpty ? "nothing" : paths.map { $0.joined(separator: ".") }.sorted().joined(separator: ", ")
  }
}

extension RequestBody: AsyncSequence {
  /// The body as the HTTP client takes it: the next piece is asked for when the connection has room.
  struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate var rest: IndexingIterator<[Piece]>
    fileprivate var current: (content: OutgoingContent, offset: Int)?

    mutating func next() async throws(UploadFailure) -> ByteBuffer? {
      while true {
        if let (content, begin) = current {
          var offset = begin
          if let bytes = try await content.piece(at: &offset) {
            current = (content, offset)
            return ByteBuffer(bytes: bytes)
          }
          current = nil
        }
        switch rest.next() {
        case nil: return nil
        case .bytes(let bytes)?: return bytes
        case .content(let content)?: current = (content, 0)
        }
      }
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: pieces.makeIterator()) }
}
