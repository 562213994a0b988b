/// Why a paid answer holds no usable originals. The bytes are kept; a second call would be a second charge.
public enum AnswerError: Error, Hashable, Sendable {
  case empty
  /// Compressed in a way that was not asked for and is not read.
  case encoded(String)
  /// The gzip stream is cut, damaged, or inflates without bound.
  case badCompression(why: String)
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
      case .badCompression(let why): "the answer's compression (gzip) cannot be undone: \(why)"
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
