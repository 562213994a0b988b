/// An answer's body without its compression: finds out what it is, and reads it as that.
struct AnswerBody {
  private enum Kind {
    case unknown
    /// White space as far as it goes.
    case blank
    case picture
    case json
    /// Only the first bytes matter, for the error.
    case neither
  }

  private let head: ResponseHead
  private let asked: Int
  private var kind = Kind.unknown
  /// The first bytes, until it is known what they are.
  private var beginning: [UInt8] = []
  private var json: JSONAnswer

  /// For the error that shows how a body begins.
  private static let beginningLength = 80

  init(head: ResponseHead, asked: Int) {
    self.head = head
    self.asked = asked
    json = JSONAnswer(asked: asked)
  }

  mutating func read<S: OriginalSink & ~Copyable>(_ piece: Span<UInt8>, into sink: inout S) throws(AnswerFailure<
    S.Failure
  >) {
    var offset = 0
    while offset < piece.count {
      switch kind {
      case .unknown:
        beginning.append(piece[offset])
        offset += 1
        if beginning.count >= ImageArgument.signatureLength { try recognize(into: &sink) }
      case .blank:
        let byte = piece[offset]
        switch byte {
        case UInt8(ascii: "{"): kind = .json
        case _ where Self.isBlank(byte):
          if beginning.count < Self.beginningLength { beginning.append(byte) }
          try json.read(piece.extracting(offset..<offset + 1), into: &sink)
          offset += 1
        default: kind = .neither
        }
      case .picture:
        let rest = piece.extracting(offset...)
        do throws(S.Failure) { try sink.append(rest) } catch { throw .sink(error) }
        return
      case .json:
        return try json.read(piece.extracting(offset...), into: &sink)
      case .neither:
        guard beginning.count < Self.beginningLength else { throw .answer(notAnAnswer) }
        beginning.append(piece[offset])
        offset += 1
      }
    }
  }

  mutating func finish<S: OriginalSink & ~Copyable>(into sink: inout S) throws(AnswerFailure<S.Failure>) -> AnswerFacts
  {
    guard !beginning.isEmpty else { throw .answer(.empty) }
    if case .unknown = kind { try recognize(into: &sink) }
    switch kind {
    case .unknown, .blank, .neither: throw .answer(notAnAnswer)
    case .json:
      do { return try json.finish(head: head) } catch { throw .answer(error) }
    case .picture:
      do throws(S.Failure) { try sink.end() } catch { throw .sink(error) }
      return AnswerFacts(id: head.requestID, timing: nil, count: 1)
    }
  }

  private mutating func recognize<S: OriginalSink & ~Copyable>(into sink: inout S) throws(AnswerFailure<S.Failure>) {
    let beginning = beginning
    if ImageArgument.looksLikeAnImage(beginning) {
      kind = .picture
      guard asked == 1 else { throw .answer(.wrongCount(asked: asked, received: 1)) }
      do throws(S.Failure) {
        try sink.begin(0)
        try sink.append(beginning.span)
      } catch {
        throw .sink(error)
      }
      return
    }
    switch beginning.first(where: { !Self.isBlank($0) }) {
    case nil:
      kind = .blank
      try json.read(beginning.span, into: &sink)
    case UInt8(ascii: "{")?:
      kind = .json
      try json.read(beginning.span, into: &sink)
    case _?: kind = .neither
    }
  }

  private var notAnAnswer: AnswerError {
    let text = String(decoding: beginning, as: UTF8.self)
    return .notAnAnswer(
      mediaType: head.mediaType, beginning: String(text.map { $0.isASCII && !$0.isNewline && $0 != "\0" ? $0 : "·" }))
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
