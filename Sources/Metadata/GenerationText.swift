/// Prompt and parameters in the form that Stable Diffusion tools write and read, in PNG's `parameters` text and in
/// EXIF's UserComment: the prompt, then `Negative prompt: …`, then `Steps: 20, Seed: 7, …` on the last line.
struct GenerationText {
  static let keyword = "parameters"

  /// Names that those tools know under other spellings.
  private static let names = [
    "steps": "Steps", "cfg_scale": "CFG scale", "seed": "Seed", "model": "Model", "sampler": "Sampler",
    "width": "Width", "height": "Height",
  ]

  let prompt: String?
  let negative: String?
  /// The last line.
  let settings: String?

  /// `nil` when there is nothing to say.
  init?(prompt: String?, parameters: [Provenance.Parameter]) {
    let negative = parameters.first { $0.name == "negative_prompt" }?.value
    let settings = parameters.filter { $0.name != "negative_prompt" && $0.name != "prompt" }
    let pairs = settings.map { "\(Self.names[$0.name] ?? $0.name): \(Self.quoted($0.value))" }
    self.init(prompt: prompt, negative: negative, settings: pairs.isEmpty ? nil : pairs.joined(separator: ", "))
    if prompt == nil, negative == nil, pairs.isEmpty { return nil }
  }

  private init(prompt: String?, negative: String?, settings: String?) {
    self.prompt = prompt
    self.negative = negative
    self.settings = settings
  }

  var text: String {
    [prompt, negative.map { "Negative prompt: \($0)" }, settings].compactMap(\.self).joined(separator: "\n")
  }

  /// As much as fits: the prompt is cut first, since another copy of it is in XMP, then the negative prompt; the
  /// settings with the seed, without which a picture cannot be made again, last.
  func fitting(_ limit: Int, size: (Character) -> Int) -> GenerationText {
    var kept = self
    for part in [\GenerationText.prompt, \.negative, \.settings] {
      guard let whole = self[keyPath: part] else { continue }
      let over = kept.text.reduce(0) { $0 + size($1) } - limit
      if over <= 0 { break }
      kept = kept.with(part, whole.prefix(fitting: whole.reduce(0) { $0 + size($1) } - over, size: size))
    }
    return kept
  }

  private func with(_ part: KeyPath<GenerationText, String?>, _ text: String) -> GenerationText {
    GenerationText(
      prompt: part == \.prompt ? text : prompt, negative: part == \.negative ? text : negative,
      settings: part == \.settings ? text : settings)
  }

  /// Values that would be read as the end of theirs are quoted as JSON strings.
  private static func quoted(_ value: String) -> String {
    guard value.contains(where: { $0 == "," || $0 == ":" || $0.isNewline || $0 == "\"" }) else { return value }
    var output = "\""
    for character in value {
      switch character {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case let line where line.isNewline: output += "\\n"
      default: output.append(character)
      }
    }
    return output + "\""
  }
}
