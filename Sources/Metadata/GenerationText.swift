/// Prompt and parameters in the form that Stable Diffusion tools write and read, in PNG's `parameters` text and in
/// EXIF's UserComment: the prompt, then `Negative prompt: …`, then `Steps: 20, Seed: 7, …` on the last line.
struct GenerationText {
  static let keyword = "parameters"

  /// Names that those tools know under other spellings.
  private static let names = [
    "steps": "Steps", "cfg_scale": "CFG scale", "seed": "Seed", "model": "Model", "sampler": "Sampler",
    "width": "Width", "height": "Height",
  ]

  let text: String

  /// `nil` when there is nothing to say.
  init?(prompt: String?, parameters: [Provenance.Parameter]) {
    var lines: [String] = []
    if let prompt { lines.append(prompt) }
    let negative = parameters.first { $0.name == "negative_prompt" }
    if let negative { lines.append("Negative prompt: \(negative.value)") }
    let settings = parameters.filter { $0.name != "negative_prompt" && $0.name != "prompt" }
    if !settings.isEmpty {
      let pairs = settings.map { "\(Self.names[$0.name] ?? $0.name): \(Self.quoted($0.value))" }
      lines.append(pairs.joined(separator: ", "))
    }
    guard !lines.isEmpty else { return nil }
    text = lines.joined(separator: "\n")
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
