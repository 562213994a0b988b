import Codecs
import FoundationEssentials
import Raster

/// A picture that a call brings along.
enum InputImage: Sendable, Equatable {
  case bytes([UInt8], ImageHeader)
  /// Nothing is fetched from the network: a URL stands for a picture drawn from its text.
  case url(String)

  /// "File size must be less than 25MB"; "at least 65536 pixels and must not exceed 33177600 pixels" (the vendor's
  /// schema, EditImageRequest.image).
  static let bytesLimit = 25_000_000
  static let pixels = 65_536...33_177_600
  private static let urlSize = Size(width: 1024, height: 1024)

  var size: Size {
    switch self {
    case .bytes(_, let header): header.size
    case .url: Self.urlSize
    }
  }

  /// Reads a field's text: base64, a data URI, or a URL.
  init(text: String, field: String) throws(Refusal) {
    if text.hasPrefix("http://") || text.hasPrefix("https://") {
      self = .url(text)
      return
    }
    var base64 = text[...]
    if text.hasPrefix("data:") {
      guard let comma = text.firstIndex(of: ","), text[..<comma].hasSuffix(";base64") else {
        throw .invalid(field, "Invalid data URI")
      }
      base64 = text[text.index(after: comma)...]
    }
    guard let data = Data(base64Encoded: String(base64)) else {
      throw .invalid(field, "Invalid image: neither base64 nor a URL")
    }
    try self.init(bytes: [UInt8](data), field: field)
  }

  init(bytes: [UInt8], field: String) throws(Refusal) {
    guard bytes.count < Self.bytesLimit else {
      throw Refusal(status: 413, message: "Image file size must be less than 25MB")
    }
    let header: ImageHeader
    do throws(CodecError) { header = try Codec.header(bytes.span) } catch {
      throw .invalid(field, "Invalid image: \(error)")
    }
    let count = header.size.pixelCount ?? .max
    guard Self.pixels.contains(count) else {
      throw .invalid(
        field,
        "Image dimensions must be at least \(Self.pixels.lowerBound) pixels and must not exceed "
          + "\(Self.pixels.upperBound) pixels; this image has \(count)")
    }
    self = .bytes(bytes, header)
  }

  /// The picture in RGB, or with alpha where it has some and `keepsAlpha` says so.
  func decoded(field: String, keepsAlpha: Bool = false) throws(Refusal) -> Image {
    switch self {
    case .url(let url): return Scene(subject: url, seed: 0).drawn(Self.urlSize)
    case .bytes(let bytes, _):
      do throws(CodecError) {
        let image = try Codec.decode(
          bytes.span, limits: Limits(pixels: Self.pixels.upperBound, bytes: Self.bytesLimit))
        if keepsAlpha { return image.converted(to: .rgba8) }
        return image.layout.hasAlpha
          ? image.flattened(onto: .white).converted(to: .rgb8) : image.converted(to: .rgb8)
      } catch {
        throw .invalid(field, "Invalid image: \(error)")
      }
    }
  }
}
