import Documents

/// What a whole response holds: the originals, and the facts beside them.
public struct Answer: Hashable, Sendable {
  /// The vendor's name for the call, from the body or a header.
  public let id: String?
  /// As the vendor sends it: `total`, `inferenceDuration`, …, in milliseconds.
  public let timing: JSONObject?
  /// The originals, byte for byte; in the order of the answer, never empty.
  public let images: [[UInt8]]

  /// Cuts the originals out of the body of a 2xx response.
  ///
  /// The bytes decide, not the media type: a body that begins like a picture is one, a body that begins like a JSON
  /// object is read as one. Both JSON shapes, `images[]` and `data[].b64_json` or `url`, are read on every endpoint.
  ///
  /// - Parameter asked: how many pictures the operation asked for, ``Operation/variants``.
  public static func images(
    in body: [UInt8], head: ResponseHead, asked: Int
  ) throws(AnswerError) -> Answer {
    guard !body.isEmpty else { throw .empty }
    if let coding = head.contentEncoding { throw .encoded(coding) }
    let answer: Answer
    if ImageArgument.looksLikeAnImage(body) {
      answer = Answer(id: head.requestID, timing: nil, images: [body])
    } else if body.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{") {
      answer = try reading(json: body, head: head)
    } else {
      throw .notAnAnswer(mediaType: head.mediaType, beginning: beginning(of: body))
    }
    guard answer.images.count == asked else { throw .wrongCount(asked: asked, received: answer.images.count) }
    return answer
  }

  private static func reading(json body: [UInt8], head: ResponseHead) throws(AnswerError) -> Answer {
    let node: Node
    do {
      node = try DocumentReader.json(body, limits: DocumentLimits(bytes: body.count))
    } catch {
      throw .badJSON(why: "\(error)")
    }
    guard case .object(let object) = node.value else { throw .badJSON(why: "it is not an object") }
    let items: [JSONValue]
    switch (object["images"], object["data"]) {
    case (.array(let images)?, _): items = images
    case (_, .array(let data)?): items = data
    case (_, _): throw .noImages(vendorsWords: object.string("error") ?? object.string("message"))
    }
    guard !items.isEmpty else { throw .noImages(vendorsWords: object.string("error")) }
    var images: [[UInt8]] = []
    for (index, item) in items.enumerated() { images.append(try image(item, index: index)) }
    let timing: JSONObject? = if case .object(let timing)? = object["timing"] { timing } else { nil }
    return Answer(id: object.string("id") ?? head.requestID, timing: timing, images: images)
  }

  /// A string, or OpenAI's object around one.
  private static func image(_ item: JSONValue, index: Int) throws(AnswerError) -> [UInt8] {
    let text: String? =
      switch item {
      case .string(let text): text
      case .object(let object): object.string("b64_json") ?? object.string("url")
      case .null, .bool, .number, .array: nil
      }
    guard let text else { throw .badImage(index: index, why: "it is no string") }
    if ImageArgument.isURL(text) { throw .remoteImage(index: index) }
    let data: String
    if text.hasPrefix("data:") {
      guard let base64 = ImageArgument.base64(ofDataURI: text) else {
        throw .badImage(index: index, why: "its data URI is not data:image/TYPE;base64,DATA")
      }
      data = base64
    } else {
      data = text
    }
    do { return try Base64.decode(data) } catch { throw .badImage(index: index, why: "\(error)") }
  }

  private static func beginning(of body: [UInt8]) -> String {
    let text = String(decoding: body.prefix(80), as: UTF8.self)
    return String(text.map { $0.isASCII && !$0.isNewline && $0 != "\0" ? $0 : "·" })
  }
}

/// Why a paid answer holds no usable originals. The bytes are kept; a second call would be a second charge.
public enum AnswerError: Error, Hashable, Sendable {
  case empty
  /// Compressed although no compression was asked for.
  case encoded(String)
  /// HTML, or anything else that is neither JSON nor a picture.
  case notAnAnswer(mediaType: String?, beginning: String)
  case badJSON(why: String)
  case noImages(vendorsWords: String?)
  /// Cut or malformed base64. The index counts from 0.
  case badImage(index: Int, why: String)
  /// A link instead of a picture.
  case remoteImage(index: Int)
  case wrongCount(asked: Int, received: Int)
}

extension AnswerError: CustomStringConvertible {
  public var description: String {
    let what =
      switch self {
      case .empty: "the answer is empty"
      case .encoded(let coding): "the answer is compressed (\(coding)), which was not asked for"
      case .notAnAnswer(let type, let beginning):
        "the answer (\(type ?? "no media type")) is neither a picture nor JSON; it begins with \"\(beginning)\""
      case .badJSON(let why): "the answer's JSON cannot be read: \(why)"
      case .noImages(let words): "the answer has no image" + (words.map { "; the API says \"\($0)\"" } ?? "")
      case .badImage(let index, let why): "image \(index + 1) of the answer cannot be read: \(why)"
      case .remoteImage(let index): "image \(index + 1) of the answer is a link, not a picture"
      case .wrongCount(let asked, let received): "the answer has \(received) images, \(asked) were asked for"
      }
    return "\(what). The call was charged; its bytes are kept"
  }
}
