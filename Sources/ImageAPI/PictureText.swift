/// The text of a picture in a JSON answer, without its escapes: base64, or a data URI around it.
struct PictureText {
  enum Failure: Error {
    /// `http://` or `https://`.
    case link
    case unreadable(why: String)
  }

  private enum State {
    /// Too short to tell what it is.
    case beginning
    /// A data URI before its comma.
    case header
    case data
  }

  private var state = State.beginning
  /// The text up to the base64.
  private var start: [UInt8] = []
  private var decoder = Base64Decoder()

  /// `https://`
  private static let schemeLength = 8
  /// Longer than every data URI's beginning that means a picture.
  private static let headerLimit = 256

  /// From here on it is base64, which ``decode(_:at:)`` takes.
  var isData: Bool { state == .data }

  /// The output has to be taken away before anything else is decoded.
  var isFull: Bool { decoder.isFull }

  /// Makes ready for another text.
  mutating func reset() {
    state = .beginning
    start.removeAll(keepingCapacity: true)
    decoder.reset()
  }

  /// Decodes as much base64 as there is before any other byte and before the output is full.
  mutating func decode(_ text: Span<UInt8>, at offset: inout Int) {
    decoder.decode(text, at: &offset)
  }

  mutating func take(_ byte: UInt8) throws(Failure) {
    switch state {
    case .beginning:
      start.append(byte)
      if start.count == Self.schemeLength { try recognize() }
    case .header: try takeHeader(byte)
    case .data: try takeData(byte)
    }
  }

  /// The text has ended.
  mutating func finish() throws(Failure) {
    if state == .beginning { try recognize() }
    guard state == .data else { throw Self.badURI }
    do { try decoder.finish() } catch { throw .unreadable(why: "\(error)") }
  }

  /// Hands over what is decoded.
  mutating func takeOutput<E: Error>(_ body: (Span<UInt8>) throws(E) -> Void) throws(E) {
    if decoder.filled > 0 { try body(decoder.output.span.extracting(..<decoder.filled)) }
    decoder.discardOutput()
  }

  private mutating func recognize() throws(Failure) {
    let text = String(decoding: start, as: UTF8.self)
    let beginning = start
    if text.hasPrefix("data:") {
      state = .header
      start.removeAll(keepingCapacity: true)
      for byte in beginning { if state == .header { try takeHeader(byte) } else { try takeData(byte) } }
      return
    }
    let lowercased = text.lowercased()
    guard !lowercased.hasPrefix("https://"), !lowercased.hasPrefix("http://") else { throw .link }
    state = .data
    for byte in beginning { try takeData(byte) }
  }

  private mutating func takeHeader(_ byte: UInt8) throws(Failure) {
    start.append(byte)
    guard start.count <= Self.headerLimit else { throw Self.badURI }
    guard byte == UInt8(ascii: ",") else { return }
    guard ImageArgument.base64(ofDataURI: String(decoding: start, as: UTF8.self)) != nil else { throw Self.badURI }
    state = .data
  }

  private mutating func takeData(_ byte: UInt8) throws(Failure) {
    do { try decoder.take(byte) } catch { throw .unreadable(why: "\(error)") }
  }

  private static var badURI: Failure { .unreadable(why: "its data URI is not data:image/TYPE;base64,DATA") }
}
