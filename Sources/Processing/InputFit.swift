import Codecs
import Metadata
import Raster

/// The way of one picture into a service's bounds: sizes and encodings in the order in which they are tried.
struct InputFit {
  let bounds: InputBounds
  let report: OriginalReport
  /// Of the file as it came.
  let originalBytes: Int

  /// Sizes that are tried after the first.
  private static let mostShrinks = 3
  private static let qualities = [90, 80, 70]

  /// - Parameter upright: the decoded picture, orientation applied, with alpha only where something shows through.
  func fitted(_ upright: borrowing Image) throws(InputFitError) -> FittedInput {
    let hasAlpha = upright.layout.hasAlpha
    let encodings = encodings(hasAlpha: hasAlpha)
    var remaining = encodings[...]
    var size = bounds.pixels.map { Self.size(of: upright.size, pixels: $0.upperBound) } ?? upright.size
    var found = originalBytes
    for _ in 0...Self.mostShrinks {
      var next = size
      switch try attempt(upright, size, remaining) {
      case .fits(let file):
        let change = change(
          from: upright.size, to: size, by: file.encoding, isFirst: file.encoding == encodings.first,
          keepsProfile: file.keepsProfile)
        return FittedInput(bytes: file.bytes, format: file.encoding.format, size: size, change: change)
      case .tooManyBytes(let count):
        found = count
        remaining = remaining.suffix(1)
        // A tenth less than what it would take if bytes went with pixels.
        let share = 0.9 * Double(bounds.bytes) / Double(count)
        next = Self.size(of: upright.size, pixels: max(1, Int(share * Double(size.pixelCount ?? .max))))
      case .sideTooLong(let limit, let rest):
        remaining = rest
        next = Self.size(of: upright.size, side: limit)
      }
      guard next != size, next.pixelCount ?? .max >= bounds.pixels?.lowerBound ?? 1 else { break }
      size = next
    }
    throw .stillTooManyBytes(size: size, found: found, limit: bounds.bytes)
  }

  // MARK: Sizes

  /// The largest size of the same shape, no larger than `source`, with no more than so many pixels. The shorter side is
  /// rounded half up, and both are at least 1.
  static func size(of source: Size, pixels: Int) -> Size {
    // Pixels grow with the longer side: the longest side that fits is found by halving.
    var (fits, tooLong) = (1, max(source.width, source.height) + 1)
    while tooLong - fits > 1 {
      let side = fits + (tooLong - fits) / 2
      if Self.size(of: source, side: side).pixelCount ?? .max <= pixels { fits = side } else { tooLong = side }
    }
    return Self.size(of: source, side: fits)
  }

  /// The size of the same shape whose longer side has that length.
  static func size(of source: Size, side: Int) -> Size {
    let (longer, shorter) = (max(source.width, source.height), min(source.width, source.height))
    let other = max(1, (2 * side * shorter + longer) / (2 * longer))
    return source.width >= source.height ? Size(width: side, height: other) : Size(width: other, height: side)
  }

  // MARK: Encodings

  /// From the best to the smallest. What is lossless is tried lossless first.
  private func encodings(hasAlpha: Bool) -> [Encoding] {
    let webp = Self.qualities.map { Encoding.webp(WebP.Options(quality: $0)) }
    let jpeg = Self.qualities.map { Encoding.jpeg(JPEG.Options(quality: $0)) }
    return switch report.format {
    case .jpeg: jpeg
    case .png: [.png(PNG.Options())] + (hasAlpha ? webp : jpeg)
    case .webp: report.header.isLossless ? [.webp(WebP.Options(lossless: true))] + webp : webp
    }
  }

  private struct File {
    let bytes: [UInt8]
    let encoding: Encoding
    let keepsProfile: Bool
  }

  private enum Attempt {
    case fits(File)
    /// Not with any of the encodings; the last made so many.
    case tooManyBytes(Int)
    /// One of the encodings does not hold a side of that length.
    case sideTooLong(limit: Int, rest: ArraySlice<Encoding>)
  }

  private func attempt(
    _ upright: borrowing Image, _ size: Size, _ encodings: ArraySlice<Encoding>
  ) throws(InputFitError) -> Attempt {
    if size == upright.size { return try encode(upright, encodings) }
    let geometry = Resize(width: size.width, height: size.height, fit: .fill).geometry(for: upright.size)
    let scaled: Image
    do throws(RasterError) {
      scaled = try upright.resized(geometry, background: nil)
    } catch {
      throw .resampling(error)
    }
    return try encode(scaled, encodings)
  }

  private func encode(
    _ picture: borrowing Image, _ encodings: ArraySlice<Encoding>
  ) throws(InputFitError) -> Attempt {
    var count = 0
    for (index, encoding) in zip(encodings.indices, encodings) {
      let layout = encoding.format.layout(
        isGray: picture.layout.channels.isGray, hasAlpha: picture.layout.hasAlpha, depth: picture.layout.depth)
      let profile = report.color.carried.flatMap { ICCProfile($0).fits(layout) ? $0 : nil }
      var bytes: [UInt8]
      do throws(CodecError) {
        bytes =
          picture.layout == layout
          ? try Self.encoded(picture, encoding, carriesProfile: profile != nil)
          : try Self.encoded(picture.converted(to: layout), encoding, carriesProfile: profile != nil)
      } catch {
        if case .tooLargeToEncode(_, _, let limit) = error {
          return .sideTooLong(limit: limit, rest: encodings[index...])
        }
        throw .encoding(error)
      }
      if let profile { bytes = try Self.stamped(bytes.span, profile) }
      if bytes.count < bounds.bytes {
        return .fits(
          File(
            bytes: bytes, encoding: encoding,
            keepsProfile: profile == report.color.carried || report.header.layout.channels == .cmyk))
      }
      count = bytes.count
    }
    return .tooManyBytes(count)
  }

  private static func encoded(
    _ picture: borrowing Image, _ encoding: Encoding, carriesProfile: Bool
  ) throws(CodecError) -> [UInt8] {
    switch encoding {
    case .webp(let options): try WebP.encode(picture, options: options)
    case .png(let options): try PNG.encode(picture, options: options, carriesProfile: carriesProfile)
    case .jpeg(let options): try JPEG.encode(picture, options: options)
    }
  }

  private static func stamped(_ bytes: Span<UInt8>, _ profile: [UInt8]) throws(InputFitError) -> [UInt8] {
    do throws(MetadataError) {
      return try Container.rewrite(bytes, with: MetadataBlocks(icc: profile))
    } catch {
      throw .profile(error)
    }
  }

  // MARK: Words

  /// One line that tells what was done and why.
  ///
  /// - Parameter isFirst: whether nothing but the size made a difference to the file.
  private func change(
    from source: Size, to size: Size, by encoding: Encoding, isFirst: Bool, keepsProfile: Bool
  ) -> String {
    var limits: [String] = []
    if let limit = bounds.pixels?.upperBound, source.pixelCount ?? .max > limit { limits.append("\(limit) pixels") }
    if originalBytes >= bounds.bytes || !isFirst { limits.append("\(bounds.bytes) bytes") }
    var steps: [String] = []
    if report.header.isAnimated { steps.append("reduced to its first frame") }
    if size != source { steps.append("scaled from \(source) to \(size)") }
    if size == source || !isFirst { steps.append("encoded again as \(encoding.words)") }
    if report.header.layout.channels == .cmyk { steps.append("converted from CMYK to sRGB") }
    if !keepsProfile { steps.append("stripped of a colour profile for other channels") }
    return "\(steps.joined(separator: ", ")) to fit the API's limit of \(limits.joined(separator: " and "))"
  }
}

extension ImageHeader {
  fileprivate var isLossless: Bool { coding.hasPrefix("lossless") }
}

extension ICCProfile {
  /// Whether it is for a picture of this layout.
  fileprivate func fits(_ layout: Layout) -> Bool { channels == (layout.channels.isGray ? .gray : .rgb) }
}

extension Encoding {
  fileprivate var words: String {
    switch self {
    case .png: "png"
    case .webp(let options): options.lossless ? "lossless webp" : "webp with quality \(options.quality)"
    case .jpeg(let options): "jpeg with quality \(options.quality)"
    }
  }
}
