import Raster

/// What a file in the inbox is by its name.
public enum RequestFile: Hashable, Sendable {
  case json
  case yaml
  /// One request a line.
  case jsonLines
  case image(ImageFormat)

  /// `nil` for anything that is no request, `manifest.json` included: outputs may become somebody's inbox.
  ///
  /// - Parameter path: with or without folders; the extension counts in any case.
  public init?(path: String) {
    let name = path.split(separator: "/").last ?? ""
    guard name.lowercased() != "manifest.json", let dot = name.lastIndex(of: "."), dot > name.startIndex else {
      return nil
    }
    let suffix = name[name.index(after: dot)...]
    switch suffix.lowercased() {
    case "json": self = .json
    case "yaml", "yml": self = .yaml
    case "jsonl": self = .jsonLines
    default:
      guard let format = ImageFormat(fileExtension: suffix) else { return nil }
      self = .image(format)
    }
  }

  /// The file's name without folders and extension.
  static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
    return String(name[..<dot])
  }

  /// The folder that the file lies in, relative to the inbox; empty for the inbox itself.
  static func folder(of path: String) -> String {
    path.split(separator: "/").dropLast().joined(separator: "/")
  }
}
