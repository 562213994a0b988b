/// The parts of a `multipart/form-data` body (RFC 7578), which is how files are uploaded.
struct MultipartForm: Equatable, Sendable {
  struct Part: Equatable, Sendable {
    let name: String
    /// Present on files.
    let fileName: String?
    let bytes: [UInt8]
  }

  let parts: [Part]

  /// `nil` when the body is not what its boundary promises.
  init?(_ body: [UInt8], contentType: String) {
    guard let boundary = Self.parameter("boundary", of: contentType), !boundary.isEmpty else { return nil }
    let delimiter = Array("--\(boundary)".utf8)
    guard var start = Self.first(delimiter, in: body[...]) else { return nil }
    var parts: [Part] = []
    while true {
      let after = body[start.upperBound...]
      if after.starts(with: "--".utf8) { break }
      guard after.starts(with: "\r\n".utf8),
        let next = Self.first(Array("\r\n".utf8) + delimiter, in: after),
        let part = Self.part(body[(start.upperBound + 2)..<max(next.lowerBound, start.upperBound + 2)])
      else { return nil }
      parts.append(part)
      start = next
    }
    self.parts = parts
  }

  private static func part(_ bytes: ArraySlice<UInt8>) -> Part? {
    guard let blank = first(Array("\r\n\r\n".utf8), in: bytes) else { return nil }
    for line in String(decoding: bytes[..<blank.lowerBound], as: UTF8.self).split(separator: "\r\n") {
      let sides = line.split(separator: ":", maxSplits: 1)
      guard sides.count == 2, sides[0].lowercased() == "content-disposition" else { continue }
      guard let name = parameter("name", of: String(sides[1])) else { return nil }
      return Part(
        name: name, fileName: parameter("filename", of: String(sides[1])), bytes: Array(bytes[blank.upperBound...]))
    }
    return nil
  }

  /// A parameter of a header value: `boundary=x`, `name="x"`.
  private static func parameter(_ name: String, of header: String) -> String? {
    for item in header.split(separator: ";").dropFirst() {
      let sides = item.split(separator: "=", maxSplits: 1)
      guard sides.count == 2, sides[0].drop(while: { $0 == " " }).lowercased() == name else { continue }
      var value = sides[1]
      while value.last == " " { value.removeLast() }
      if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
      return String(value)
    }
    return nil
  }

  /// Where `needle` first lies in `haystack`; looks for its first byte before it compares the rest.
  private static func first(_ needle: [UInt8], in haystack: ArraySlice<UInt8>) -> Range<Int>? {
    var from = haystack.startIndex
    while let candidate = haystack[from...].firstIndex(of: needle[0]) {
      let end = candidate + needle.count
      guard end <= haystack.endIndex else { return nil }
      if haystack[candidate..<end].elementsEqual(needle) { return candidate..<end }
      from = candidate + 1
    }
    return nil
  }
}
