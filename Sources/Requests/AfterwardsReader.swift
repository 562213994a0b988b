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

  private static func arguments(_ section: Section) throws(RequestError) -> [CommandArgument] {
    var arguments: [CommandArgument] = []
    for (index, node) in (try section.list("run") ?? []).enumerated() {
      let place = Place(position: node.position, path: section.place.path + ["run", "\(index)"])
      guard case .string(let text) = node.content else {
        throw .wrongType(place, expected: "text", found: Section.kind(node))
      }
      guard !text.unicodeScalars.contains("\0") else { throw .invalid(place, value: text, why: "it has a NUL") }
      do throws(CommandArgumentError) {
        arguments.append(try CommandArgument(text))
      } catch {
        throw .invalid(place, value: text, why: error.description)
      }
    }
    guard let program = arguments.first else {
      throw .invalid(section.place(of: "run"), value: "", why: "the list has to begin with a program")
    }
    guard program.text.hasPrefix("/") else {
      throw .invalid(
        section.place(of: "run"), value: program.text,
        why: "a program is named by its absolute path; no shell looks for it")
    }
    // Which program runs on this machine is nobody's to choose but the pipeline's owner's.
    guard program.isFixed else {
      throw .invalid(section.place(of: "run"), value: program.text, why: "a program's path takes no placeholders")
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
    // The request's labels have no way into a URL; and a password in it would show wherever the URL does.
    guard !text.contains(where: { $0 == "{" || $0 == "}" }) else {
      throw .invalid(
        section.place(of: "webhook"), value: text,
        why: "a webhook's URL takes no placeholders; what the job is stands in the message")
    }
    let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.contains("@") else {
      throw .invalid(
        section.place(of: "webhook"), value: scheme + "…" + authority.drop { $0 != "@" },
        why: "it holds a user name or password; messages are signed instead, see after.webhook-secret-file")
    }
    return text
  }
}
