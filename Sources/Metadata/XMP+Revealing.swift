extension XMP {
  /// What a stranger could learn from a packet: properties of any namespace, told by what they are called. A packet that
  /// cannot be read tells nothing here.
  static func findings(in packet: [UInt8]) -> [Finding] {
    guard let tree = XMLTree(packet), !tree.elements.isEmpty else { return [] }
    var walk = XMPWalk(tree: tree)
    walk.visit(0)
    return walk.found + walk.rest
  }
}

private struct XMPWalk {
  let tree: XMLTree
  var found: [Finding] = []
  /// Properties whose names say nothing here.
  private var others: [String] = []

  init(tree: XMLTree) {
    self.tree = tree
  }

  /// That there is more, and what it is called.
  var rest: [Finding] {
    guard !others.isEmpty else { return [] }
    let names = others.reduce(into: [String]()) { if $0.count < 10, !$0.contains($1) { $0.append($1) } }
    let count = "\(others.count) more propert\(others.count == 1 ? "y" : "ies")"
    return [Finding(.hidden, "XMP", "Others", "\(count): \(names.joined(separator: ", "))")]
  }

  /// - Precondition: the tree nests no deeper than `XMLTree.depthLimit`.
  mutating func visit(_ index: Int) {
    guard found.count < Finding.limit else { return }
    let element = tree.elements[index]
    for attribute in element.attributes { add(attribute.name, attribute.value) }
    if Self.kind(element.name) != nil {
      add(element.name, text(index))
    } else if element.children.isEmpty {
      add(element.name, element.text)
    } else {
      for child in element.children { visit(child) }
    }
  }

  private mutating func add(_ name: XMLTree.Name, _ value: String) {
    guard !value.allSatisfy(\.isWhitespace) else { return }
    if Self.isPicture(value) {
      found.append(Finding(.hidden, "XMP", name.local, "\(value.utf8.count) characters that are a picture"))
    } else if let kind = Self.kind(name) {
      let said = kind == .hidden ? "\(value.utf8.count) characters" : value
      found.append(Finding(Finding.isPrompt(value) ? .prompt : kind, "XMP", name.local, said))
    } else if Finding.isPrompt(value) {
      found.append(Finding(.prompt, "XMP", name.local, value))
    } else if !Self.isGrammar(name) {
      others.append(name.local)
    }
  }

  /// All text in an element, items apart, in order; not endless.
  private func text(_ index: Int) -> String {
    var parts: [String] = []
    var length = 0
    func visit(_ index: Int) {
      guard length <= 4 * Finding.valueLimit else { return }
      let element = tree.elements[index]
      let own = element.text.split(whereSeparator: \.isWhitespace).isEmpty ? [] : [element.text]
      let attributes = element.attributes.filter {
        ![XMP.Namespace.rdf, XMP.Namespace.xml].contains($0.name.namespace)
          || ($0.name == XMLTree.Name(XMP.Namespace.rdf, "resource"))
      }
      for part in own + attributes.map(\.value) {
        parts.append(part)
        length += part.utf8.count
      }
      for child in element.children { visit(child) }
    }
    visit(index)
    return parts.joined(separator: ", ")
  }

  /// JPEG, PNG or WebP in base64.
  private static func isPicture(_ text: String) -> Bool {
    text.utf8.count > 200 && ["/9j/", "iVBORw0K", "UklGR"].contains { text.hasPrefix($0) }
  }

  // MARK: Names

  private static let placeNames: Set<String> = [
    "city", "state", "country", "countrycode", "countryname", "provincestate", "sublocation", "worldregion", "location",
    "locationcreated", "locationshown", "locationname", "lat", "long", "point", "featurename",
  ]
  private static let personNames: Set<String> = [
    "creator", "rights", "contributor", "publisher", "author", "authors", "artist", "owner", "ownername",
    "cameraownername", "captionwriter", "authorsposition", "credit", "personinimage", "personinimagewithdetails",
    "persondisplayname", "creatorcontactinfo", "copyright", "webstatement", "usageterms", "copyrightowner",
    "imagecreator", "licensor", "aipromptwritername", "photographer", "imageeditor", "attributionname", "byline",
    "writer",
  ]
  private static let deviceNames: Set<String> = [
    "make", "model", "lens", "lensmake", "lensmodel", "lensid", "lensinfo", "uniquecameramodel", "hostcomputer",
  ]
  private static let softwareNames: Set<String> = [
    "creatortool", "software", "softwareagent", "xmptk", "history", "aisystemused", "aisystemversionused", "producer",
    "firmware", "camerafirmware",
  ]
  private static let wordNames: Set<String> = [
    "title", "description", "subject", "headline", "instructions", "transmissionreference", "alttextaccessibility",
    "extdescraccessibility", "hierarchicalsubject", "keywords", "usercomment", "imagedescription", "label", "nickname",
    "event", "source",
  ]
  private static let identifierNames: Set<String> = [
    "documentid", "originaldocumentid", "instanceid", "imageuniqueid", "rawfilename", "filepath",
    "preservedfilename", "derivedfrom", "digitalimageguid", "identifier", "ingredients", "documentancestors",
  ]
  private static let hiddenNames: Set<String> = ["thumbnails", "makernote", "hasextendedxmp"]

  /// RDF's own words, which say nothing.
  private static func isGrammar(_ name: XMLTree.Name) -> Bool {
    [XMP.Namespace.rdf, XMP.Namespace.xml].contains(name.namespace)
  }

  private static func kind(_ name: XMLTree.Name) -> Finding.Kind? {
    guard !isGrammar(name) else { return nil }
    let local = name.local.lowercased()
    if local.hasPrefix("gps") || ["latitude", "longitude", "altitude"].contains(where: local.contains)
      || placeNames.contains(local)
    {
      return .position
    }
    if hiddenNames.contains(local) { return .hidden }
    if personNames.contains(local) { return .person }
    if local.contains("prompt") { return .prompt }
    if deviceNames.contains(local) || local.contains("serialnumber") { return .device }
    if softwareNames.contains(local) { return .software }
    if name == XMLTree.Name(XMP.Namespace.dcterms, "provenance") { return .credential }
    if identifierNames.contains(local) { return .identifier }
    if local.hasSuffix("date") || local.hasPrefix("date") || local == "when" { return .time }
    return wordNames.contains(local) ? .words : nil
  }
}
