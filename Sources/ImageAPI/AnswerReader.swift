/// Cuts the originals out of the kept body of a 2xx response, piece by piece and in flat memory.
///
/// The bytes decide, not the media type: a body that begins like a picture is one, a body that begins like a JSON object
/// is read as one. Both JSON shapes, `images[]` and `data[].b64_json` or `url`, are read on every endpoint. A body that
/// came with `Content-Encoding: gzip` is inflated on the way, to 1 GiB at most: four pictures of 25 MB in base64 are an
/// eighth of that.
///
/// How the bytes are cut into pieces makes no difference, but for speed: pieces of 64 KiB to 1 MiB are best. After an
/// error, the reader and what the sink was given are to be discarded.
public struct AnswerReader: ~Copyable {
  private enum Compression {
    case none
    case gzip(GzipStream)
    case unknown(String)
  }

  private let compression: Compression
  private var body: AnswerBody
  /// Of a compressed answer, used again and again.
  private var inflated: [UInt8] = []

  static let inflatedLimit = 1 << 30

  /// - Parameter asked: how many pictures the operation asked for, ``Operation/variants``. Pictures beyond them are
  ///   counted, and not handed to the sink.
  public init(head: ResponseHead, asked: Int) {
    self.init(head: head, asked: asked, inflatedLimit: Self.inflatedLimit)
  }

  init(head: ResponseHead, asked: Int, inflatedLimit: Int) {
    body = AnswerBody(head: head, asked: asked)
    switch ContentCoding(head) {
    case .identity: compression = .none
    case .gzip:
      compression = .gzip(GzipStream(limit: inflatedLimit))
      inflated = [UInt8](repeating: 0, count: 64 << 10)
    case .other(let name): compression = .unknown(name)
    }
  }

  /// Takes the next bytes of the body.
  public mutating func read<S: OriginalSink & ~Copyable>(
    _ piece: Span<UInt8>, into sink: inout S
  ) throws(AnswerFailure<S.Failure>) {
    guard piece.count > 0 else { return }
    switch compression {
    case .none: try body.read(piece, into: &sink)
    case .unknown(let name): throw .answer(.encoded(name))
    case .gzip(let stream):
      var buffer: [UInt8] = []
      swap(&buffer, &inflated)
      defer { swap(&buffer, &inflated) }
      var offset = 0
      while true {
        let count: Int
        do {
          count = try stream.next(piece, at: &offset, into: &buffer)
        } catch {
          throw .answer(.badCompression(why: "\(error)"))
        }
        guard count > 0 else { return }
        try body.read(buffer.span.extracting(..<count), into: &sink)
      }
    }
  }

  /// The body has ended.
  public mutating func finish<S: OriginalSink & ~Copyable>(into sink: inout S) throws(AnswerFailure<S.Failure>)
    -> AnswerFacts
  {
    if case .gzip(let stream) = compression {
      do { try stream.finish() } catch { throw .answer(.badCompression(why: "\(error)")) }
    }
    return try body.finish(into: &sink)
  }
}
