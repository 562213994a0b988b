/// A PNG text chunk or a JPEG comment.
public struct TextBlock: Sendable, Hashable {
  public enum Form: Sendable, Hashable {
    /// PNG's tEXt; also what a zTXt chunk becomes.
    case latin1
    /// PNG's iTXt, and JPEG's comment.
    case utf8
  }

  /// 1 to 79 Latin-1 characters (PNG §11.3.3.2). A JPEG comment has none; there it reads `Comment`, PNG's word for it.
  public var keyword: String
  public var text: String
  public var form: Form
  /// An RFC 5646 tag, and the keyword in that language: iTXt only, else empty.
  public var language: String
  public var translatedKeyword: String

  public init(
    keyword: String, text: String, form: Form = .utf8, language: String = "", translatedKeyword: String = ""
  ) {
    self.keyword = keyword
    self.text = text
    self.form = form
    self.language = language
    self.translatedKeyword = translatedKeyword
  }

  /// The keyword of a JPEG comment.
  public static let comment = "Comment"
}
