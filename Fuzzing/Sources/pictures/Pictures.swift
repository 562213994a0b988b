import Harness
import Raster

@testable import Codecs

/// Decoders: a whole picture of the size that its header says, the same each time, or an error of its type.
enum Pictures {
  static let targets = [
    FuzzTarget("webp") { decode($0, as: .webp) },
    FuzzTarget("png") { decode($0, as: .png) },
    FuzzTarget("jpeg") { decode($0, as: .jpeg) },
    FuzzTarget("rearranging", rearrange),
  ]

  /// Small, so that no input takes long; what they bound is bounded alike however large they are.
  static let limits = Limits(pixels: 1 << 17, bytes: 1 << 16)

  private static func decode(_ bytes: [UInt8], as format: ImageFormat) {
    // Each length has its own, so that one corpus serves all four.
    let scale = JPEG.Scale.allCases[bytes.count % JPEG.Scale.allCases.count]
    var header: ImageHeader?
    var flaw: CodecError?
    do throws(CodecError) {
      header = try Codec.header(bytes.span)
    } catch {
      flaw = error
    }
    if let header { promise(header.size.width > 0 && header.size.height > 0, "a header has a size: \(header)") }
    if let flaw { promise(!flaw.description.isEmpty, "an error has words") }
    guard let image = picture(bytes, scale) else { return }
    guard let header else { fatalError("a broken promise: a picture without a header: \(String(describing: flaw))") }
    let size = header.format == .jpeg ? scale.size(of: header.size) : header.size
    promise(image.size == size && image.layout == header.layout, "\(image.size) of \(header), at \(scale)")
    promise(header.size.pixelCount ?? .max <= limits.pixels, "\(header.size) is beyond the limit")
    guard size.width * size.height <= 1 << 12 else { return }
    guard let again = picture(bytes, scale) else { fatalError("a broken promise: decodes once only") }
    promise(again.hasSamePixels(as: image), "the same bytes have the same pixels")
    if format == .png, image.layout.channels != .cmyk { write(image) }
  }

  /// What is written reads back as the same pixels.
  private static func write(_ image: borrowing Image) {
    let level = image.size.width % 13
    let options = PNG.Options(compression: level, depth: image.layout.depth)
    let file = sure("a picture can be written") { () throws(CodecError) in
      try PNG.encode(image, options: options)
    }
    guard let found = picture(file, .full) else { fatalError("a broken promise: what was written decodes") }
    promise(found.hasSameColors(as: image), "what was written has the same pixels, at level \(level)")
  }

  /// Turned and turned back, a picture's samples are what they were.
  private static func rearrange(_ bytes: [UInt8]) {
    let orientation = Orientation.allCases[bytes.count % Orientation.allCases.count]
    guard case .success(.file(let turned)) = rearranged(bytes, by: orientation) else { return }
    let header = sure("a picture that was turned has a header") { () throws(CodecError) in try JPEG.header(bytes.span) }
    let found = sure("a turned picture has a header") { () throws(CodecError) in try JPEG.header(turned.span) }
    promise(found.size == orientation.displayed(header.size), "\(header.size), \(orientation), \(found.size)")
    guard JPEG.canTurn(found, by: orientation.undone) else { return }
    let result = rearranged(turned, by: orientation.undone)
    guard case .success(.file(let back)) = result else {
      fatalError("a broken promise: what was turned \(orientation) turns back: \(result)")
    }
    // Damage that the decoder refuses may have gone with the restart markers.
    guard let image = picture(bytes, .full) else { return }
    guard let other = picture(back, .full) else { fatalError("a broken promise: what was turned back decodes") }
    promise(other.hasSamePixels(as: image), "turned back, the pixels are the same")
  }

  private static func rearranged(_ bytes: [UInt8], by orientation: Orientation) -> Result<JPEG.Rearranged, CodecError> {
    Result { () throws(CodecError) in try JPEG.rearranged(bytes.span, by: orientation, limits: limits) }
  }

  static func picture(_ bytes: [UInt8], _ scale: JPEG.Scale) -> Image? {
    do throws(CodecError) {
      return try Codec.decode(bytes.span, limits: limits, scale: scale)
    } catch {
      promise(!error.description.isEmpty, "an error has words")
      return nil
    }
  }
}

extension Orientation {
  fileprivate var undone: Orientation {
    switch self {
    case .rotated90: .rotated270
    case .rotated270: .rotated90
    case .upright, .mirrored, .rotated180, .flipped, .transposed, .transversed: self
    }
  }
}

extension Image {
  borrowing func hasSamePixels(as other: borrowing Image) -> Bool {
    guard size == other.size, layout == other.layout else { return false }
    return withPixels { mine in
      other.withPixels { theirs in
        mine.count == theirs.count && mine.indices.allSatisfy { mine[$0] == theirs[$0] }
      }
    }
  }

  /// Whatever layout they are stored in: a writer may leave out an alpha of nothing, or colours that are all grey.
  fileprivate borrowing func hasSameColors(as other: borrowing Image) -> Bool {
    let layout = Layout(.rgba, .sixteen)
    return converted(to: layout).hasSamePixels(as: other.converted(to: layout))
  }
}
