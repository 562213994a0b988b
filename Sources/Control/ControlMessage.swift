import Documents

/// What is asked over a control socket: a word, and what it is about. One line of JSON:
/// `{"control": 1, "word": "list", "spool": "/var/lib/darkroom/spool", "about": {"state": ["held"]}}`.
public struct ControlQuestion: Hashable, Sendable {
  public var word: String
  public var about: JSONObject

  public init(_ word: String, about: JSONObject = JSONObject()) {
    self.word = word
    self.about = about
  }

  /// The protocol's version. It goes up when an old side could misunderstand a new one; a new word does not count.
  public static let version = 1

  /// Little of what people ask is larger; a question is read whole before anybody knows what it is.
  static let limits = DocumentLimits(bytes: 256 << 10, depth: 8, values: 20_000)

  func line(spool: String) -> [UInt8] {
    var object = JSONObject()
    object["control"] = .number("\(Self.version)")
    object["word"] = .string(word)
    object["spool"] = .string(spool)
    object["about"] = .object(about)
    return JSONValue.object(object).serializedBytes() + [0x0A]
  }

  /// - Parameter spool: the daemon's own.
  init(line: [UInt8], spool: String) throws(ControlRefusal) {
    let object: JSONObject
    do {
      guard case .object(let found) = try DocumentReader.json(line, limits: Self.limits).value else {
        throw ControlRefusal(.malformed, "a question is a JSON object in one line")
      }
      object = found
    } catch let refusal as ControlRefusal {
      throw refusal
    } catch {
      throw ControlRefusal(.malformed, "a question is a JSON object in one line: \(error)")
    }
    guard object["control"]?.integer == Self.version else {
      throw ControlRefusal(
        .version, "this daemon speaks version \(Self.version) of the control protocol", speaks: Self.version)
    }
    guard let word = object.string("word") else { throw ControlRefusal(.malformed, "the question has no word") }
    guard object.string("spool") == spool else {
      throw ControlRefusal(.spool, "this daemon works on the spool \(spool)")
    }
    self.init(word, about: object.object("about") ?? JSONObject())
  }
}

/// A question that is not answered, and why.
public struct ControlRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// No question at all.
    case malformed
    case tooLarge = "too-large"
    /// The question did not come to its end in time.
    case tooSlow = "too-slow"
    /// Too many peers ask at once.
    case tooMany = "too-many"
    case version
    /// The question is for another daemon.
    case spool
    case unknownWord = "unknown-word"
    /// The word is known, and what it is about makes no sense: the message says what.
    case invalid
    /// Understood, and not done: the message says why.
    case refused
    /// The daemon could not; the message says why.
    case failed
  }

  public var kind: Kind
  /// In words for people.
  public var message: String
  /// The version that the daemon speaks, where that is the matter.
  public var speaks: Int?

  public init(_ kind: Kind, _ message: String, speaks: Int? = nil) {
    self.kind = kind
    self.message = message
    self.speaks = speaks
  }

  public var description: String { message }
}

/// A line of an answer: any number of items and beats, then an end or a refusal.
enum ControlLine: Hashable, Sendable {
  case item(JSONObject)
  /// Nothing new, but the daemon is alive.
  case beat
  case end(JSONObject)
  case refusal(ControlRefusal)

  var bytes: [UInt8] {
    var object = JSONObject()
    switch self {
    case .item(let item): object["item"] = .object(item)
    case .beat: object["beat"] = .bool(true)
    case .end(let end): object["end"] = .object(end)
    case .refusal(let refusal):
      var body = JSONObject()
      body["kind"] = .string(refusal.kind.rawValue)
      body["message"] = .string(refusal.message)
      body["speaks"] = refusal.speaks.map { .number("\($0)") }
      object["error"] = .object(body)
    }
    return JSONValue.object(object).serializedBytes() + [0x0A]
  }

  /// An answer may be long, but it comes from the daemon.
  static let limits = DocumentLimits(bytes: 16 << 20, depth: 16, values: 1_000_000)

  /// - Returns: `nil` for what no daemon says.
  init?(_ line: [UInt8]) {
    guard case .object(let object)? = try? DocumentReader.json(line, limits: Self.limits).value else { return nil }
    if let item = object.object("item") {
      self = .item(item)
    } else if let end = object.object("end") {
      self = .end(end)
    } else if let error = object.object("error"), let kind = error.string("kind") {
      // A kind of a newer daemon is a refusal all the same.
      self = .refusal(
        ControlRefusal(
          ControlRefusal.Kind(rawValue: kind) ?? .failed, error.string("message") ?? kind,
          speaks: error["speaks"]?.integer))
    } else if object.bool("beat") == true {
      self = .beat
    } else {
      return nil
    }
  }
}
