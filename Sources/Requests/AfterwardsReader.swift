import Documents

/// Reads a pipeline's `after`.
enum AfterwardsReader {
  static func after(_ root: Section) throws(RequestError) -> [Pipeline.Afterwards] {
    var after: [Pipeline.Afterwards] = []
    for (index, node) in (try root.list("after") ?? []).enumerated() {
      let section = try Section(node, path: ["after", "\(index)"])
      try section.checkKeys(["run", "webhook"])
      guard section.entries.count == 1, let entry = section.entries.first else {
        throw .missingKey(section.place, key: "run", hint: "Each step has exactly one of 'run' and 'webhook'")
      }
      after.append(entry.key == "run" ? .run(try arguments(section)) : .webhook(try url(section)))
    }
    return after
  }

  private static func arguments(_ section: Section) throws(RequestError) -> [String] {
    var arguments: [String] = []
    for (index, node) in (try section.list("run") ?? []).enumerated() {
      let place = Place(position: node.position, path: section.place.path + ["run", "\(index)"])
      guard case .string(let text) = node.content else {
        throw .wrongType(place, expected: "text", found: Section.kind(node))
      }
      guard !text.unicodeScalars.contains("\0") else { throw .invalid(place, value: text, why: "it has a NUL") }
      arguments.append(text)
    }
    guard let program = arguments.first else {
      throw .invalid(section.place(of: "run"), value: "", why: "the list has to begin with a program")
    }
    guard program.hasPrefix("/") else {
      throw .invalid(
        section.place(of: "run"), value: program, why: "a program is named by its absolute path; no shell looks for it")
    }
    return arguments
  }

  private static func url(_ section: Section) throws(RequestError) -> String {
    let text = try section.text("webhook") ?? ""
    let scheme = ["https://", "http://"].first { text.lowercased().hasPrefix($0) }
    guard let scheme, let first = text.dropFirst(scheme.count).first, first.isLetter || first.isNumber || first == "[",
      !text.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F })
    else {
      throw .invalid(section.place(of: "webhook"), value: text, why: "a webhook is an http:// or https:// URL")
    }
    return text
  }
}
