/// The three text chunks of PNG (§11.3.3): tEXt, zTXt and iTXt.
extension PNGContainer {
  /// The texts of a file while it is read.
  struct Texts {
    /// Bytes that compressed texts may still grow to.
    var budget: Int
    /// They count where there is no chunk of their kind, which may come later.
    private var profiles: [RawProfile] = []

    init(budget: Int) { self.budget = budget }

    func finish(into blocks: inout MetadataBlocks) {
      for profile in profiles { profile.take(into: &blocks) }
    }

    mutating func take(
      _ name: String, _ bytes: Span<UInt8>, _ data: Range<Int>, isLate: Bool, into blocks: inout MetadataBlocks
    ) {
      var rest = data
      guard let keyword = field(bytes, &rest), (1...79).contains(keyword.count) else {
        blocks.warnings.append(.damaged(.text, reason: "a \(name) chunk has no keyword"))
        return
      }
      let word = String(latin1: keyword)
      func damaged(_ block: Block, _ reason: String) {
        blocks.warnings.append(.damaged(block, reason: "the \(name) chunk \(word) \(reason)"))
      }
      var isCompressed = name == "zTXt"
      var (language, translated) = ("", "")
      switch name {
      case "zTXt":
        guard let method = rest.first, bytes[method] == 0 else { return damaged(.text, "has an unknown compression") }
        rest = rest.dropFirst()
      case "iTXt":
        guard rest.count >= 2, bytes[rest.lowerBound] <= 1, bytes[rest.lowerBound + 1] == 0 else {
          return damaged(.text, "has an unknown compression")
        }
        isCompressed = bytes[rest.lowerBound] == 1
        rest = rest.dropFirst(2)
        guard let first = field(bytes, &rest), let second = field(bytes, &rest) else { return damaged(.text, "is cut") }
        language = String(latin1: first)
        translated = String(decoding: second, as: UTF8.self)
      default: break
      }
      var text: [UInt8]
      if isCompressed {
        guard let inflated = Zlib.inflated(bytes, rest, limit: budget) else {
          return damaged(.text, "cannot be inflated")
        }
        budget -= inflated.count
        text = inflated
      } else {
        text = bytes.copy(rest)
      }
      if word == xmpKeyword {
        // In another chunk than iTXt it is XMP all the same, and nobody's plain text.
        if name != "iTXt" || isLate { blocks.isMisplaced = true }
        blocks.takeXMP(text)
      } else if let kind = RawProfile.kind(of: word) {
        profiles.append(RawProfile(kind: kind, keyword: word, text: text))
      } else if name == "iTXt" {
        guard let unicode = String(validating: text, as: UTF8.self) else { return damaged(.text, "is not UTF-8") }
        blocks.takeText(TextBlock(keyword: word, text: unicode, language: language, translatedKeyword: translated))
      } else {
        blocks.takeText(TextBlock(keyword: word, text: String(latin1: text), form: .latin1))
      }
    }
  }

  /// Writes tEXt where form and characters allow it, else iTXt. NUL ends fields and is left out of them.
  static func append(_ block: TextBlock, to output: inout [UInt8]) {
    func field(_ text: [UInt8]) -> [UInt8] { text.filter { $0 != 0 } }
    let keyword = Array(field(block.keyword.latin1 ?? Array(TextBlock.comment.utf8)).prefix(79))
    if block.form == .latin1, let text = block.text.latin1 {
      PNGChunks.append("tEXt", keyword + [0] + field(text), to: &output)
    } else {
      let head = keyword + [0, 0, 0] + field(Array(block.language.utf8)) + [0]
      let body = field(Array(block.translatedKeyword.utf8)) + [0] + field(Array(block.text.utf8))
      PNGChunks.append("iTXt", head + body, to: &output)
    }
  }

  /// The bytes up to the next NUL, which is passed over.
  private static func field(_ bytes: Span<UInt8>, _ rest: inout Range<Int>) -> [UInt8]? {
    guard let end = rest.firstIndex(where: { bytes[$0] == 0 }) else { return nil }
    let field = bytes.copy(rest.lowerBound..<end)
    rest = end + 1..<rest.upperBound
    return field
  }
}
