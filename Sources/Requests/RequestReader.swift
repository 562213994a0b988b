import Documents
import ImageAPI

/// Requests turns what people drop into what can be done: request files into ``Request`` values, pipeline files into
/// ``Pipeline`` values. It reads no disk and calls nobody; whatever it returns has been checked as far as that goes
/// without the API's catalogue. What fails throws ``RequestError``, with the line, the key and the way out.
public struct RequestReader: Sendable {
  /// Bytes of a request, its pictures included.
  public static let byteLimit = 128 << 20
  /// Bytes of a request's keys and values without its pictures.
  public static let textLimit = 1 << 20
  /// Applies where neither the request nor its folder names a pipeline.
  public static let defaultPipeline = "default"

  let pipelines: PipelineCatalog

  public init(pipelines: PipelineCatalog) {
    self.pipelines = pipelines
  }

  /// Reads a JSON or YAML request.
  ///
  /// - Parameter path: the file's path relative to the inbox. Its folder names the pipeline and the output folder, its
  ///   stem the job, unless the request says otherwise.
  public func read(_ bytes: Span<UInt8>, path: String) throws(RequestError) -> Request {
    let root: Node
    switch RequestFile(path: path) {
    case .json:
      root = try Self.document { () throws(DocumentError) in try DocumentReader.json(bytes, limits: Self.limits) }
    case .yaml:
      root = try Self.document { () throws(DocumentError) in try DocumentReader.yaml(bytes, limits: Self.limits) }
    case .jsonLines, .image, nil:
      throw .unknownKind(file: path, expected: "request (.json, .yaml, .yml)")
    }
    return try RequestBuilder(root: root, path: path, defaultName: RequestFile.stem(of: path), pipelines: pipelines)
      .request()
  }

  /// Reads a JSON or YAML request.
  public func read(_ bytes: [UInt8], path: String) throws(RequestError) -> Request {
    try read(bytes.span, path: path)
  }

  /// Reads a `.jsonl` file: a request from each line that is not blank, a bad line by itself. A request without a name
  /// is called `<stem>-0001` after the number of its line.
  ///
  /// - Parameter numbering: of the positions of errors.
  public func readLines(
    _ bytes: Span<UInt8>, path: String, numbering: DocumentReader.LineNumbering = .ofDocument
  ) -> [RequestLine] {
    let stem = RequestFile.stem(of: path)
    return DocumentReader.jsonLines(bytes, numbering: numbering, limits: Self.limits).map { line in
      let digits = String(line.line)
      let name = stem + "-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      let request = line.document.mapError(RequestError.document).flatMap { root in
        Result { () throws(RequestError) in
          try RequestBuilder(root: root, path: path, defaultName: name, pipelines: pipelines).request()
        }
      }
      return RequestLine(line: line.line, range: line.range, name: name, request: request)
    }
  }

  /// The request that a picture is in a hot folder: its pipeline's own image operation on it, or the picture as it is.
  ///
  /// - Returns: `nil` where pictures are only material for requests.
  public func image(at path: String) throws(RequestError) -> Request? {
    guard let pipeline = hotPipeline(ofPictureAt: path) else { return nil }
    return try RequestBuilder(picture: path, pipelines: pipelines).pictureRequest(pipeline)
  }

  /// Whether a picture there is a request, and not only material for some.
  public func takesPicture(at path: String) -> Bool { hotPipeline(ofPictureAt: path) != nil }

  private func hotPipeline(ofPictureAt path: String) -> Pipeline? {
    guard case .image? = RequestFile(path: path), let folder = path.split(separator: "/").dropLast().first,
      let pipeline = pipelines[String(folder)], pipeline.acceptsImages
    else { return nil }
    return pipeline
  }

  /// Where a value stands in a request, for messages of those who know more than its grammar.
  ///
  /// - Parameters:
  ///   - path: keys, and indices of lists, from the request to the value.
  ///   - file: the file's name; it tells JSON from YAML.
  /// - Returns: `nil` where the request has no such value, for it may come from the pipeline.
  public static func position(of path: [String], in bytes: [UInt8], file: String) -> Position? {
    let root: Node?
    switch RequestFile(path: file) {
    case .json: root = try? DocumentReader.json(bytes, limits: limits)
    case .yaml: root = try? DocumentReader.yaml(bytes, limits: limits)
    case .jsonLines, .image, nil: root = nil
    }
    return root?.node(at: path)?.position
  }

  private static let limits = DocumentLimits(bytes: byteLimit)

  private static func document(_ read: () throws(DocumentError) -> Node) throws(RequestError) -> Node {
    do {
      return try read()
    } catch {
      throw .document(error)
    }
  }
}

/// What a line of a `.jsonl` file asks for.
public struct RequestLine: Sendable {
  /// Counts from 1.
  public let line: Int
  /// Where the line lies in the file.
  public let range: Range<Int>
  /// What the request is called where it does not name itself.
  public let name: String
  public let request: Result<Request, RequestError>
}
