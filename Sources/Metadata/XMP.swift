/// XMP packets (ISO 16684-1): RDF/XML in UTF-8.
public enum XMP {
  enum Namespace {
    static let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    static let xml = "http://www.w3.org/XML/1998/namespace"
    static let dc = "http://purl.org/dc/elements/1.1/"
    static let dcterms = "http://purl.org/dc/terms/"
    static let xmp = "http://ns.adobe.com/xap/1.0/"
    static let xmpMM = "http://ns.adobe.com/xap/1.0/mm/"
    static let stRef = "http://ns.adobe.com/xap/1.0/sType/ResourceRef#"
    static let note = "http://ns.adobe.com/xmp/note/"
    static let exif = "http://ns.adobe.com/exif/1.0/"
    static let tiff = "http://ns.adobe.com/tiff/1.0/"
    static let photoshop = "http://ns.adobe.com/photoshop/1.0/"
    static let iptcCore = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
    static let iptcExt = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
  }

  /// ISO 16684-1 §7.3.2: the head has the byte order mark and an identifier that is the same in every packet.
  static let head = "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
  /// Not to be changed in place: there is no padding for it.
  static let tail = "\n<?xpacket end=\"r\"?>"

  /// A packet with these fields. Characters that XML 1.0 forbids are left out.
  public static func packet(_ fields: XMPFields) -> [UInt8] {
    let text = """
      \(head)<x:xmpmeta xmlns:x="adobe:ns:meta/">
      <rdf:RDF xmlns:rdf="\(Namespace.rdf)">
      \(node(fields, about: ""))</rdf:RDF>
      </x:xmpmeta>\(tail)
      """
    return Array(text.utf8)
  }

  /// One RDF node that declares all that it uses, so that it may stand in any packet.
  static func node(_ fields: XMPFields, about: String) -> String {
    var body = ""
    var used: [(prefix: String, namespace: String)] = [("rdf", Namespace.rdf)]
    func add(_ prefix: String, _ namespace: String, _ name: String, _ content: String, _ attributes: String = "") {
      if !used.contains(where: { $0.prefix == prefix }) { used.append((prefix, namespace)) }
      body += " <\(prefix):\(name)\(attributes)>\(content)</\(prefix):\(name)>\n"
    }
    func simple(_ prefix: String, _ namespace: String, _ name: String, _ text: String?) {
      if let text { add(prefix, namespace, name, escaped(text)) }
    }
    func language(_ prefix: String, _ namespace: String, _ name: String, _ text: String?) {
      guard let text else { return }
      add(prefix, namespace, name, "<rdf:Alt><rdf:li xml:lang=\"x-default\">\(escaped(text))</rdf:li></rdf:Alt>")
    }
    func list(_ kind: String, _ name: String, _ texts: [String]) {
      guard !texts.isEmpty else { return }
      let items = texts.map { "<rdf:li>\(escaped($0))</rdf:li>" }.joined()
      add("dc", Namespace.dc, name, "<rdf:\(kind)>\(items)</rdf:\(kind)>")
    }
    language("dc", Namespace.dc, "description", fields.description)
    list("Seq", "creator", fields.creators)
    language("dc", Namespace.dc, "rights", fields.rights)
    list("Bag", "subject", fields.subjects)
    simple("photoshop", Namespace.photoshop, "Headline", fields.headline)
    simple("xmp", Namespace.xmp, "CreatorTool", fields.creatorTool)
    simple("xmp", Namespace.xmp, "CreateDate", fields.createDate)
    simple("xmpMM", Namespace.xmpMM, "DocumentID", fields.documentID)
    simple("xmpMM", Namespace.xmpMM, "InstanceID", fields.instanceID)
    if let original = fields.derivedFrom {
      used.append(("stRef", Namespace.stRef))
      add(
        "xmpMM", Namespace.xmpMM, "DerivedFrom", "<stRef:documentID>\(escaped(original))</stRef:documentID>",
        " rdf:parseType=\"Resource\"")
    }
    language("Iptc4xmpCore", Namespace.iptcCore, "AltTextAccessibility", fields.altText)
    simple("Iptc4xmpExt", Namespace.iptcExt, "DigitalSourceType", fields.digitalSourceType)
    simple("Iptc4xmpExt", Namespace.iptcExt, "AISystemUsed", fields.aiSystem)
    simple("Iptc4xmpExt", Namespace.iptcExt, "AISystemVersionUsed", fields.aiSystemVersion)
    simple("Iptc4xmpExt", Namespace.iptcExt, "AIPromptInformation", fields.prompt)
    simple("Iptc4xmpExt", Namespace.iptcExt, "AIPromptWriterName", fields.promptWriter)
    let declarations = used.map { " xmlns:\($0.prefix)=\"\($0.namespace)\"" }.joined()
    return "<rdf:Description rdf:about=\"\(escaped(about))\"\(declarations)>\n\(body)</rdf:Description>\n"
  }

  /// Text as XML content or attribute value. A carriage return would be read back as a line feed (XML 1.0 §2.11).
  static func escaped(_ text: String) -> String {
    var output = ""
    for scalar in text.unicodeScalars where isAllowed(scalar) {
      switch scalar {
      case "&": output += "&amp;"
      case "<": output += "&lt;"
      case ">": output += "&gt;"
      case "\"": output += "&quot;"
      case "\r": output += "&#13;"
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output
  }

  /// XML 1.0 §2.2: control characters but tab and line ends are not text, nor are U+FFFE and U+FFFF.
  static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0xFFFD, 0x1_0000...0x10_FFFF: true
    default: false
    }
  }
}
