import Documents

/// A JSON answer: its pictures are decoded on the way through, a few small members are kept, the rest is checked and
/// forgotten. `request` may hold a whole picture again.
struct JSONAnswer {
  /// The members of the answer that matter.
  private enum Member: String {
    case images
    case data
    case id
    case timing
    case error
    case message

    var hasPictures: Bool { self == .images || self == .data }
  }

  /// What the string under way is read for.
  private enum Use {
    case nothing
    case key
    case picture
  }

  private let asked: Int
  private var scanner = JSONScanner()
  /// Of what was read before the piece at hand, in bytes.
  private var position = 0

  private var use = Use.nothing
  private var key: [UInt8] = []
  private var member: Member?
  private var seen: Set<Member> = []

  /// The member whose pictures are taken: the first that has any.
  private var source: Member?
  private var isInItems = false
  private var received = 0
  private var picture = PictureText()
  /// The sink was told of the picture.
  private var hasBegun = false
  private var item = Item()

  /// The text of members that are kept: from after the key to the end of the value.
  private var kept: [Member: [UInt8]] = [:]
  private var isKeeping = false

  /// OpenAI's object around a picture.
  private struct Item {
    var hasPicture = false
    /// Of a `url`; the item may have `b64_json` as well.
    var problem: AnswerError?
    var field: Field?

    enum Field: String {
      case base64 = "b64_json"
      case url
    }
  }

  /// Of a member that is kept, in bytes. A larger one is taken for absent.
  private static let keptLimit = 64 << 10
  /// Longer than every key that matters.
  private static let keyLimit = 16

  init(asked: Int) {
    self.asked = asked
  }

  mutating func read<S: OriginalSink & ~Copyable>(_ piece: Span<UInt8>, into sink: inout S) throws(AnswerFailure<
    S.Failure
  >) {
    var offset = 0
    while offset < piece.count {
      let start = offset
      let wasKeeping = isKeeping
      if scanner.isInString {
        try readText(piece, at: &offset, into: &sink)
      } else {
        do { try readStructure(piece, at: &offset) } catch { throw .answer(error) }
      }
      if wasKeeping { keep(piece, start..<offset) }
    }
    position += piece.count
  }

  func finish(head: ResponseHead) throws(AnswerError) -> AnswerFacts {
    do { try scanner.finish() } catch { throw bad(error, at: 0) }
    var values: [Member: JSONValue] = [:]
    for (member, text) in kept { values[member] = try value(of: member, text) }
    func words(_ member: Member) -> String? {
      if case .string(let text)? = values[member] { text } else { nil }
    }
    guard received > 0 else { throw .noImages(vendorsWords: words(.error) ?? words(.message)) }
    guard received == asked else { throw .wrongCount(asked: asked, received: received) }
    let timing: JSONObject? = if case .object(let timing)? = values[.timing] { timing } else { nil }
    return AnswerFacts(id: words(.id) ?? head.requestID, timing: timing, count: received)
  }

  // MARK: Structure

  private mutating func readStructure(_ piece: Span<UInt8>, at offset: inout Int) throws(AnswerError) {
    let event: JSONScanner.Event?
    do { event = try scanner.next(piece, at: &offset) } catch { throw bad(error, at: offset) }
    let depth = scanner.depth
    switch event {
    case nil: break
    case .key?:
      let matters = depth == 1 || (isInItems && depth == 3)
      use = matters ? .key : .nothing
      key.removeAll(keepingCapacity: true)
    case .string?:
      use = .nothing
      if isInItems, depth == 2 {
        source = member
        beginPicture()
      } else if isInItems, depth == 3, item.field != nil, !item.hasPicture {
        beginPicture()
      }
    case .array? where depth == 2 && member?.hasPictures == true:
      isInItems = source == nil || source == member
    case .object? where isInItems && depth == 3:
      source = member
      item = Item()
    case .array? where isInItems && depth == 3, .plain? where isInItems && depth == 2:
      throw .badImage(index: received, why: "it is no string")
    case .endOfObject? where isInItems && depth == 2:
      guard item.hasPicture else {
        throw item.problem ?? .badImage(index: received, why: "it is no string")
      }
      received += 1
    case .endOfArray? where isInItems && depth == 1:
      isInItems = false
    case .object?, .array?, .plain?, .endOfObject?, .endOfArray?:
      break
    }
  }

  private mutating func endKey(at offset: Int) throws(AnswerError) {
    let name = String(decoding: key, as: UTF8.self)
    guard scanner.depth == 1 else {
      item.field = Item.Field(rawValue: name)
      return
    }
    member = Member(rawValue: name)
    guard let member else { return }
    guard seen.insert(member).inserted else { throw bad(.duplicateKey(name), at: offset) }
    guard !member.hasPictures else { return }
    isKeeping = true
    kept[member] = []
  }

  // MARK: Strings

  private mutating func readText<S: OriginalSink & ~Copyable>(
    _ piece: Span<UInt8>, at offset: inout Int, into sink: inout S
  ) throws(AnswerFailure<S.Failure>) {
    while offset < piece.count, scanner.isInString {
      if scanner.isInPlainText {
        switch use {
        case .nothing:
          offset = JSONText.endOfRun(piece, from: offset)
        case .picture where picture.isData:
          try readData(piece, at: &offset, into: &sink)
        case .key, .picture:
          break
        }
        guard offset < piece.count else { return }
      }
      let step: JSONText.Step
      do { step = try scanner.text(piece[offset]) } catch { throw .answer(bad(error, at: offset)) }
      offset += 1
      switch step {
      case .nothing: break
      case .byte(let byte): try take(byte, into: &sink)
      case .character(let character):
        for byte in String(character).utf8 { try take(byte, into: &sink) }
      case .end:
        switch use {
        case .nothing: break
        case .key:
          do { try endKey(at: offset) } catch { throw .answer(error) }
        case .picture: try endPicture(into: &sink)
        }
      }
    }
  }

  private mutating func take<S: OriginalSink & ~Copyable>(
    _ byte: UInt8, into sink: inout S
  ) throws(AnswerFailure<S.Failure>) {
    switch use {
    case .nothing: break
    case .key: if key.count < Self.keyLimit { key.append(byte) }
    case .picture:
      do throws(PictureText.Failure) {
        try picture.take(byte)
      } catch {
        if let error = refused(error) { throw .answer(error) }
        return
      }
      try passOn(into: &sink)
    }
  }

  // MARK: Pictures

  private mutating func beginPicture() {
    use = .picture
    hasBegun = false
    picture.reset()
  }

  private mutating func readData<S: OriginalSink & ~Copyable>(
    _ piece: Span<UInt8>, at offset: inout Int, into sink: inout S
  ) throws(AnswerFailure<S.Failure>) {
    while true {
      picture.decode(piece, at: &offset)
      guard picture.isFull else { return }
      try passOn(into: &sink)
    }
  }

  /// Tells the sink of the picture as soon as there is one, and gives it the bytes when there are many, or at the end.
  private mutating func passOn<S: OriginalSink & ~Copyable>(
    into sink: inout S, atEnd isEnd: Bool = false
  ) throws(AnswerFailure<S.Failure>) {
    guard picture.isData else { return }
    let isWanted = received < asked
    do throws(S.Failure) {
      if !hasBegun, isWanted { try sink.begin(received) }
      hasBegun = true
      guard picture.isFull || isEnd else { return }
      try picture.takeOutput { (bytes) throws(S.Failure) in
        if isWanted { try sink.append(bytes) }
      }
      if isEnd, isWanted { try sink.end() }
    } catch {
      throw .sink(error)
    }
  }

  private mutating func endPicture<S: OriginalSink & ~Copyable>(into sink: inout S) throws(AnswerFailure<S.Failure>) {
    do throws(PictureText.Failure) {
      try picture.finish()
    } catch {
      if let error = refused(error) { throw .answer(error) }
      return
    }
    try passOn(into: &sink, atEnd: true)
    use = .nothing
    if scanner.depth == 2 { received += 1 } else { item.hasPicture = true }
  }

  /// A `url` that is no picture does no harm where `b64_json` is one.
  ///
  /// - Returns: what is wrong with the whole answer; `nil` when that is not known yet.
  private mutating func refused(_ failure: PictureText.Failure) -> AnswerError? {
    let error: AnswerError =
      switch failure {
      case .link: .remoteImage(index: received)
      case .unreadable(let why): .badImage(index: received, why: why)
      }
    guard scanner.depth == 3, item.field == .url, !hasBegun else { return error }
    item.problem = error
    use = .nothing
    return nil
  }

  // MARK: Small members

  private mutating func keep(_ piece: Span<UInt8>, _ range: Range<Int>) {
    guard let member, let before = kept[member]?.count else { return }
    if before + range.count > Self.keptLimit {
      kept[member] = nil
      isKeeping = false
      return
    }
    for index in range { kept[member]?.append(piece[index]) }
    if scanner.depth == 1, scanner.isAfterValue { isKeeping = false }
  }

  /// - Parameter text: with the colon before the value.
  private func value(of member: Member, _ text: [UInt8]) throws(AnswerError) -> JSONValue? {
    let object = Array("{\"\(member.rawValue)\"".utf8) + text + [UInt8(ascii: "}")]
    do {
      let limits = DocumentLimits(depth: JSONScanner.depthLimit)
      guard case .object(let whole) = try DocumentReader.json(object, limits: limits).value else { return nil }
      return whole[member.rawValue]
    } catch {
      throw .badJSON(why: "'\(member.rawValue)': \(error)")
    }
  }

  private func bad(_ fault: JSONFault, at offset: Int) -> AnswerError {
    .badJSON(why: "\(fault), at byte \(position + offset)")
  }
}
