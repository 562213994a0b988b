/// One thing that whoever has the file can learn from it, beside what the picture shows.
public struct Finding: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Where the picture was taken.
    case position
    /// Names, owners, contacts, rights.
    case person
    /// What took it: makers, models, serial numbers.
    case device
    /// What a model was asked for.
    case prompt
    case time
    case software
    /// Titles, captions, keywords, comments.
    case words
    /// What tells this file, or what it was made from, from all others.
    case identifier
    /// C2PA.
    case credential
    /// What is not shown here: small pictures, makers' notes, pieces that are not read.
    case hidden
  }

  public var kind: Kind
  /// `EXIF`, `XMP`, `IPTC`, `text`, `comment`, `ICC profile`, `C2PA`, `file`.
  public var place: String
  /// As the standard, or the file, calls it.
  public var name: String
  /// As it stands in the file, in the file's own words, which may be anything; cut where it is long.
  public var value: String

  private enum CodingKeys: String, CodingKey {
    case kind
    case place = "where"
    case name, value
  }

  /// Characters of a value.
  static let valueLimit = 2_000
  /// Of a file; a hostile one says anything any number of times.
  static let limit = 200

  public init(_ kind: Kind, _ place: String, _ name: String, _ value: String) {
    self.kind = kind
    self.place = place
    self.name = name
    let cut = value.count > Self.valueLimit
    self.value = cut ? "\(value.prefix(Self.valueLimit))… (\(value.count) characters)" : value
  }

  public static func byKind(_ findings: [Finding]) -> [Finding] {
    Kind.allCases.flatMap { kind in findings.filter { $0.kind == kind } }
  }

  /// Whether a text is what tools write that make pictures from words: parameters after a prompt, or a graph of nodes.
  static func isPrompt(_ text: String) -> Bool {
    if text.contains("Negative prompt: ") { return true }
    if text.contains("Steps: "), text.contains("Seed: ") || text.contains("Sampler: ") { return true }
    if text.contains("Job ID: "), text.contains("--v ") || text.contains("--ar ") { return true }
    return ["\"prompt\"", "\"class_type\"", "\"uncond", "\"negative_prompt\"", "\"positive_prompt\""].contains {
      text.contains($0)
    }
  }
}

extension MetadataBlocks {
  /// What a stranger could learn from these blocks, by kind; each thing once, and not all of it where that is endless.
  public var findings: [Finding] {
    var found: [Finding] = []
    if let exif { found += Exif.findings(in: exif) }
    if let xmp { found += XMP.findings(in: xmp) }
    if let iptc { found += IPTC.findings(in: iptc) }
    for text in texts.prefix(Finding.limit) { found.append(Finding(text)) }
    if let time = modificationTime, time.count == 7 {
      let parts = [time[2], time[3], time[4], time[5], time[6]].map { $0 < 10 ? "0\($0)" : "\($0)" }
      let year = Int(time[0]) << 8 | Int(time[1])
      found.append(
        Finding(.time, "text", "tIME", "\(year)-\(parts[0])-\(parts[1]) \(parts[2]):\(parts[3]):\(parts[4])"))
    }
    if hasCredential { found.append(Finding(.credential, "C2PA", "Credential", "there (not verified)")) }
    for piece in unread { found.append(Finding(.hidden, "file", "Unread", piece)) }
    var seen: Set<Finding> = []
    return Finding.byKind(Array(found.filter { seen.insert($0).inserted }.prefix(Finding.limit)))
  }
}

extension Finding {
  /// A PNG text or a JPEG comment. Words that are no prompt may still be one: nobody but their writer knows.
  fileprivate init(_ block: TextBlock) {
    let word = block.keyword.lowercased()
    func names(_ words: [String]) -> Bool { words.contains { word.contains($0) } }
    let kind: Kind =
      if Finding.isPrompt(block.text)
        || names(["parameters", "prompt", "workflow", "dream", "generation", "invokeai", "sd-metadata"])
      {
        .prompt
      } else if names(["gps", "latitude", "longitude", "location", "geo"]) {
        .position
      } else if names(["makernote", "thumbnail", "raw profile"]) {
        .hidden
      } else if names(["author", "artist", "owner", "copyright", "creator", "byline", "contact"]) {
        .person
      } else if names(["serial", "exif:make", "exif:model", "lens", "source"]) {
        .device
      } else if names(["software", "tool"]) {
        .software
      } else if names(["time", "date"]) {
        .time
      } else {
        .words
      }
    let isComment = block.keyword == TextBlock.comment && block.form == .utf8 && block.language.isEmpty
    self.init(kind, isComment ? "comment" : "text", block.keyword, block.text)
  }
}
