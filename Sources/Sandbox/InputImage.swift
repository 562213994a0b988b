import Codecs
import FoundationEssentials
import Raster

/// A picture that a call brings along.
enum InputImage: Sendable, Equatable {
  case bytes([UInt8], ImageHeader)
  /// Nothing is fetched from the network: a URL stands for a picture drawn from its text.
  case url(String)

  /// What the vendor's schema says of the images of one field.
  struct Bounds: Sendable {
    /// The file is smaller than this.
    let megabytes: Int
    /// `nil` where the schema names no bound.
    let pixels: ClosedRange<Int>?

    /// EditImageRequest.image, MultiEditImageRequest.images
    static let edited = Bounds(megabytes: 25, pixels: 65_536...33_177_600)
    /// UpscaleImageRequest.image; how large it may be depends on the factor.
    static let enlarged = Bounds(megabytes: 25, pixels: 65_536...Int.max)
    /// BackgroundRemoveImageRequest.image
    static let cutOut = Bounds(megabytes: 25, pixels: nil)
    /// GenerateImageRequest.style_references.items.image
    static let styleReference = Bounds(megabytes: 8, pixels: nil)
  }

  private static let urlSize = Size(width: 1024, height: 1024)

  var size: Size {
    switch self {
    case .bytes(_, let header): header.size
    case .url: Self.urlSize
    }
  }

  /// Reads a text: base64, a data URI, or a URL.
  ///
  /// - Parameter path: where in the request it stands.
  init(text: String, at path: [String], within bounds: Bounds) throws(Refusal) {
    if text.hasPrefix("http://") || text.hasPrefix("https://") {
      self = .url(text)
      return
    }
    var base64 = text[...]
    if text.hasPrefix("data:") {
      guard let comma = text.firstIndex(of: ","), text[..<comma].hasSuffix(";base64") else {
        throw .invalid(path, "Invalid data URI")
      }
      base64 = text[text.index(after: comma)...]
    }
    guard let data = Data(base64Encoded: String(base64)) else {
      throw .invalid(path, "Invalid image: neither base64 nor a URL")
    }
    try self.init(bytes: [UInt8](data), at: path, within: bounds)
  }

  init(bytes: [UInt8], at path: [String], within bounds: Bounds) throws(Refusal) {
    guard bytes.count < bounds.megabytes * 1_000_000 else {
      throw Refusal(status: 413, message: "Image file size must be less than \(bounds.megabytes)MB")
    }
    let header: ImageHeader
    do throws(CodecError) { header = try Codec.header(bytes.span) } catch {
      throw .invalid(path, "Invalid image: \(error)")
    }
    let count = header.size.pixelCount ?? .max
    if let pixels = bounds.pixels, !pixels.contains(count) {
      let upper = pixels.upperBound == .max ? "" : " and must not exceed \(pixels.upperBound) pixels"
      throw .invalid(
        path, "Image dimensions must be at least \(pixels.lowerBound) pixels\(upper); this image has \(count)")
    }
    self = .bytes(bytes, header)
  }

  /// A text that is the same for the same picture only.
  var fingerprint: String {
    switch self {
    case .url(let url): return url
    case .bytes(let bytes, _):
      var chance = Chance(bytes: bytes)
      return String(chance.next(), radix: 36)
    }
  }

  /// The picture in RGB, or with alpha where it has some and `keepsAlpha` says so.
  func decoded(field: String, keepsAlpha: Bool = false) throws(Refusal) -> Image {
    switch self {
    case .url(let url): return Scene(subject: url, seed: 0).drawn(Self.urlSize)
    case .bytes(let bytes, _):
      do throws(CodecError) {
        let image = try Codec.decode(bytes.span, limits: Limits())
        if keepsAlpha { return image.converted(to: .rgba8) }
        return image.layout.hasAlpha
          ? image.flattened(onto: .white).converted(to: .rgb8) : image.converted(to: .rgb8)
      } catch {
        throw .invalid(field, "Invalid image: \(error)")
      }
    }
  }
}
