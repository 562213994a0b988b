/// Documents turns bytes into values that remember where they stood, and values into bytes.
///
/// JSON is read by a parser of our own: strict RFC 8259, with a position in every error, linear in the size of the
/// document, base64 strings of a hundred megabytes included. YAML is read by libyaml through Yams and means what the
/// core schema of YAML 1.2 means; both become the same ``Node``. What fails throws ``DocumentError``, which tells a
/// document that is wrong from one that merely is not whole yet.
public enum DocumentReader {
  /// Reads one JSON text. A UTF-8 byte order mark before it is ignored (RFC 8259 §8.1 allows that).
  public static func json(
    _ bytes: Span<UInt8>, limits: DocumentLimits = DocumentLimits()
  ) throws(DocumentError) -> Node {
    try checkSizeAndEncoding(bytes, limits: limits)
    var parser = JSONParser(limits: limits)
    return try parser.document(bytes)
  }

  /// Reads one JSON text.
  public static func json(
    _ bytes: [UInt8], limits: DocumentLimits = DocumentLimits()
  ) throws(DocumentError) -> Node {
    try json(bytes.span, limits: limits)
  }

  /// Reads one YAML document.
  ///
  /// Plain scalars follow the core schema of YAML 1.2 (§10.3): `yes` and `on` are text. `.inf` and `.nan`, which JSON
  /// cannot hold, are text too. Anchors and aliases are expanded, merge keys and tags beyond the core schema are
  /// refused, as are keys that are not text and files with several documents.
  public static func yaml(
    _ bytes: Span<UInt8>, limits: DocumentLimits = DocumentLimits()
  ) throws(DocumentError) -> Node {
    try checkSizeAndEncoding(bytes, limits: limits)
    return try YAMLComposer.node(bytes, limits: limits)
  }

  /// Reads one YAML document.
  public static func yaml(
    _ bytes: [UInt8], limits: DocumentLimits = DocumentLimits()
  ) throws(DocumentError) -> Node {
    try yaml(bytes.span, limits: limits)
  }

  /// Reads one YAML document.
  public static func yaml(
    _ text: String, limits: DocumentLimits = DocumentLimits()
  ) throws(DocumentError) -> Node {
    try yaml(Array(text.utf8), limits: limits)
  }

  private static func checkSizeAndEncoding(
    _ bytes: Span<UInt8>, limits: DocumentLimits
  ) throws(DocumentError) {
    guard bytes.count <= limits.bytes else { throw .tooManyBytes(found: bytes.count, limit: limits.bytes) }
    guard bytes.count >= 2 else { return }
    switch (bytes[0], bytes[1]) {
    case (0xFF, 0xFE): throw .otherEncoding("UTF-16 (little endian)")
    case (0xFE, 0xFF): throw .otherEncoding("UTF-16 (big endian)")
    default: break
    }
  }
}
