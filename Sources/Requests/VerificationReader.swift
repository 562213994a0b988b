import Documents
import Processing
import Raster

/// Reads a pipeline's `verify`.
enum VerificationReader {
  static func verification(_ root: Section) throws(RequestError) -> Verification {
    var verification = Verification()
    guard let section = try root.section("verify") else { return verification }
    try section.checkKeys(["size", "on-mismatch", "reject", "read-back"])
    if let node = section["size"] { verification.size = try sizeRule(node, in: section) }
    verification.onMismatch =
      try section.choice("on-mismatch", Verification.MismatchAction.self) ?? verification.onMismatch
    verification.readBack = try section.choice("read-back", Verification.ReadBack.self) ?? verification.readBack
    if let nodes = try section.list("reject") {
      var flaws: Set<Verification.Flaw> = []
      for (index, node) in nodes.enumerated() {
        let place = Place(position: node.position, path: section.place.path + ["reject", "\(index)"])
        flaws.insert(try Section.choice(node, place: place, Verification.Flaw.self))
      }
      verification.reject = flaws
    }
    return verification
  }

  private static func sizeRule(_ node: Node, in section: Section) throws(RequestError) -> Verification.SizeRule {
    switch node.content {
    case .string("requested"): return .requested
    case .string(let text):
      guard let size = Size(text) else {
        throw .invalid(section.place(of: "size"), value: text, why: "a size is 'requested', 1024x768 or a mapping")
      }
      return .exact(size)
    case .object: return try range(Section(node, path: section.place.path + ["size"]))
    case .null, .bool, .number, .array:
      throw .wrongType(
        section.place(of: "size"), expected: "'requested', a size as 1024x768, or a mapping", found: Section.kind(node))
    }
  }

  private static func range(_ section: Section) throws(RequestError) -> Verification.SizeRule {
    try section.checkKeys(["min", "max", "aspect", "tolerance"])
    let least = try size("min", in: section)
    let most = try size("max", in: section)
    if let least, let most, least.width > most.width || least.height > most.height {
      throw .invalid(section.place(of: "min"), value: "\(least)", why: "it is larger than 'max', \(most)")
    }
    let aspect = try section.aspect("aspect")
    guard least != nil || most != nil || aspect != nil else {
      throw .missingKey(section.place, key: "min", hint: "Give at least one of 'min', 'max' and 'aspect'")
    }
    let tolerance = try tolerance(in: section)
    return .range(min: least, max: most, aspect: aspect, tolerance: tolerance)
  }

  private static func size(_ key: String, in section: Section) throws(RequestError) -> Size? {
    guard let text = try section.text(key) else { return nil }
    guard let size = Size(text) else {
      throw .invalid(section.place(of: key), value: text, why: "a size is written 1024x768")
    }
    return size
  }

  /// A fraction of the ratio: 0.02 is two percent.
  private static func tolerance(in section: Section) throws(RequestError) -> Double {
    guard let node = section["tolerance"] else { return 0.02 }
    guard case .number(let text) = node.content, let tolerance = Double(text) else {
      throw .wrongType(section.place(of: "tolerance"), expected: "a number", found: Section.kind(node))
    }
    guard (0..<1).contains(tolerance) else {
      throw .outOfRange(section.place(of: "tolerance"), value: text, allowed: "at least 0 and below 1")
    }
    return tolerance
  }
}
