/// What is kept as the text that it was read from, and read anew when it is needed.
public protocol CodableText: Codable {
  associatedtype ReadingError: Error, CustomStringConvertible

  /// As it was written.
  var text: String { get }

  init(_ text: String) throws(ReadingError)
}

extension CodableText {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do throws(ReadingError) {
      try self.init(text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
