import Codecs
import Documents
import Processing
import Raster

/// Reads a pipeline's `outputs`. A list of widths or heights becomes one output each.
enum OutputReader {
  /// Outputs of one original, lists expanded.
  static let countLimit = 200

  static let keys =
    ["file", "format", "color", "resize", "background", "metadata"] + StepsReader.keys
    + EncodingReader.settings.map(\.key)

  static func outputs(_ root: Section) throws(RequestError) -> [OutputRecipe] {
    guard let nodes = try root.list("outputs"), !nodes.isEmpty else {
      let hint = "Add 'outputs', a list with at least one; the shortest is 'outputs: [{ file: \"{name}.webp\" }]'"
      throw .missingKey(root.place, key: "outputs", hint: hint)
    }
    var outputs: [(recipe: OutputRecipe, place: Place)] = []
    for (index, node) in nodes.enumerated() {
      let section = try Section(node, path: ["outputs", "\(index)"])
      for recipe in try recipes(section) {
        try checkNames(of: recipe, at: section, against: outputs)
        outputs.append((recipe, section.place(of: "file")))
      }
      guard outputs.count <= countLimit else {
        throw .outOfRange(section.place, value: "\(outputs.count)", allowed: "at most \(countLimit) outputs in all")
      }
    }
    return outputs.map(\.recipe)
  }

  private static func recipes(_ section: Section) throws(RequestError) -> [OutputRecipe] {
    try section.checkKeys(keys) { key in
      ResizeReader.keys.contains(key) ? "Sizes stand under 'resize': 'resize: { \(key): … }'" : nil
    }
    let file = try template(section)
    let format = try format(section, file: file)
    let encoding = try EncodingReader.encoding(section, format: format)
    let color = try section.choice("color", OutputColor.self) ?? .keep
    let background = try section.color("background") ?? .white
    let (trim, crop) = (try StepsReader.trim(section), try StepsReader.crop(section))
    let (blur, sharpen) = (try StepsReader.blur(section), try StepsReader.sharpen(section))
    let (flatten, pad) = (try section.color("flatten"), try StepsReader.pad(section))
    let metadata = try MetadataReader.policy(section)
    return try ResizeReader.resizes(section, format: format).map { resize in
      OutputRecipe(
        file: file, format: format, color: color, trim: trim, crop: crop, resize: resize, blur: blur,
        sharpen: sharpen, flatten: flatten, pad: pad, encoding: encoding, background: background, metadata: metadata)
    }
  }

  private static func template(_ section: Section) throws(RequestError) -> FileNameTemplate {
    guard let text = try section.text("file") else {
      throw .missingKey(section.place, key: "file", hint: "Name the file, for instance 'file: \"{name}.webp\"'")
    }
    do throws(FileNameError) {
      return try FileNameTemplate(text)
    } catch {
      throw .fileName(section.place(of: "file"), error)
    }
  }

  private static func format(_ section: Section, file: FileNameTemplate) throws(RequestError) -> ImageFormat {
    let known = ImageFormat.allCases.map(\.rawValue)
    if let text = try section.text("format") {
      guard let format = ImageFormat(fileExtension: text), text == text.lowercased() else {
        throw .notAChoice(section.place(of: "format"), value: text, allowed: known, nearest: known.nearest(to: text))
      }
      return format
    }
    let name = file.text.split(separator: "}", omittingEmptySubsequences: false).last ?? ""
    guard let dot = name.lastIndex(of: ".") else {
      let hint = "The file name does not end in an extension: add one, or 'format' (\(known.joined(separator: ", ")))"
      throw .missingKey(section.place, key: "format", hint: hint)
    }
    let suffix = name[name.index(after: dot)...]
    guard let format = ImageFormat(fileExtension: suffix) else {
      throw .notAChoice(
        section.place(of: "file"), value: String(suffix), allowed: known + ["jpg"],
        nearest: (known + ["jpg"]).nearest(to: String(suffix)))
    }
    return format
  }

  private static func checkNames(
    of recipe: OutputRecipe, at section: Section, against others: [(recipe: OutputRecipe, place: Place)]
  ) throws(RequestError) {
    for other in others where recipe.alwaysSharesName(with: other.recipe) {
      throw .sameName(section.place(of: "file"), name: recipe.file.text, first: other.place.position)
    }
  }
}

extension OutputRecipe {
  /// Whether both outputs get one name, whatever the original is: by their templates alone, or because the same steps
  /// give the sizes in the names.
  fileprivate func alwaysSharesName(with other: OutputRecipe) -> Bool {
    if file.alwaysEquals(other.file, format: format, otherFormat: other.format) { return true }
    guard file == other.file, trim == other.trim, crop == other.crop, resize == other.resize,
      pad?.padding == other.pad?.padding, !file.placeholders.contains(.sha256)
    else { return false }
    return format == other.format || !file.placeholders.contains(.format)
  }
}
