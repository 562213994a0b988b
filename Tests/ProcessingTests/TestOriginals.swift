import Codecs
import Metadata
import Processing
import Raster

/// Small originals, made on the spot, so that every test says what it works on.
enum Originals {
  /// A smooth picture with a gradient on each side, so that no two corners look alike.
  static func picture(_ width: Int, _ height: Int, _ layout: Layout = .rgb8) -> Image {
    let count = layout.channels.count
    var samples: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let colors = [x * 255 / max(1, width - 1), y * 255 / max(1, height - 1), 128]
        let alpha = (x + y) * 255 / max(1, width + height - 2)
        var pixel = layout.channels.isGray ? [colors[0]] : colors
        if layout.hasAlpha { pixel.append(alpha) }
        precondition(pixel.count == count)
        for sample in pixel {
          samples.append(UInt8(sample))
          // Not 257-fold, so that a loss of depth shows.
          if layout.depth == .sixteen { samples.append(UInt8((sample * 31 + x) % 256)) }
        }
      }
    }
    return Image(size: Size(width: width, height: height), layout: layout, pixels: samples)
  }

  static func encoded(_ image: borrowing Image, as format: ImageFormat) throws -> [UInt8] {
    switch format {
    case .webp: try WebP.encode(image, options: WebP.Options())
    case .png: try PNG.encode(image, options: PNG.Options())
    case .jpeg: try JPEG.encode(image, options: JPEG.Options())
    }
  }

  static func original(
    _ format: ImageFormat, _ width: Int = 64, _ height: Int = 48, _ layout: Layout = .rgb8,
    with blocks: MetadataBlocks = MetadataBlocks()
  ) throws -> [UInt8] {
    let bare = try encoded(picture(width, height, layout), as: format)
    return try Container.rewrite(bare.span, with: blocks)
  }

  /// Where the block of ``product`` lies.
  static let mug = Region(x: 10, y: 6, size: Size(width: 20, height: 12))

  /// A white picture with a red block of 20x12 at 10,6.
  static func product(
    _ width: Int = 48, _ height: Int = 32, _ layout: Layout = .rgb8, ground: [UInt8] = [255, 255, 255, 255],
    turned: Orientation = .upright
  ) throws -> [UInt8] {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let isInside = (10..<30).contains(x) && (6..<18).contains(y)
        let pixel: [UInt8] = isInside ? [200, UInt8(x), UInt8(y), 255] : ground
        pixels += pixel.prefix(layout.channels.count)
      }
    }
    let image = Image(size: Size(width: width, height: height), layout: layout, pixels: pixels)
    let bare = try PNG.encode(image, options: PNG.Options())
    guard turned != .upright else { return bare }
    var blocks = MetadataBlocks()
    blocks.exif = exif(turned)
    return try Container.rewrite(bare.span, with: blocks)
  }

  /// The smallest EXIF block that turns a picture: TIFF 6.0 §2, one directory of one entry.
  static func exif(_ orientation: Orientation) -> [UInt8] {
    [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0]
      + [0x12, 0x01, 3, 0, 1, 0, 0, 0, UInt8(orientation.rawValue), 0, 0, 0, 0, 0, 0, 0]
  }

  /// An ICC profile that has nothing but a name (ICC.1:2022 §7.2, §10.15).
  static func profile(_ name: String, space: String = "RGB ") -> [UInt8] {
    func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xFF) } }
    let units = name.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    let text =
      Array("mluc".utf8) + number(0) + number(1) + number(12) + Array("enUS".utf8) + number(units.count)
      + number(28) + units
    let tags = number(1) + Array("desc".utf8) + number(144) + number(text.count)
    var header = number(144 + text.count) + [UInt8](repeating: 0, count: 124)
    header.replaceSubrange(8..<12, with: [4, 0x40, 0, 0])
    header.replaceSubrange(12..<24, with: Array("mntr\(space)XYZ ".utf8))
    header.replaceSubrange(36..<40, with: Array("acsp".utf8))
    return header + tags + text
  }
}

/// The encoded pixels of a file, taken out by nothing but the containers' outermost rules.
func encodedPixels(_ bytes: [UInt8]) throws -> [UInt8] {
  func big(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
  func little(_ at: Int) -> Int { bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | Int($1) } }
  func name(_ at: Int) -> String { String(decoding: bytes[at..<at + 4], as: UTF8.self) }
  var pixels: [UInt8] = []
  switch ImageFormat(signatureOf: bytes.span) {
  case .png?:
    var at = 8
    while at < bytes.count {
      if ["IHDR", "PLTE", "IDAT"].contains(name(at + 4)) { pixels += bytes[at..<at + 12 + big(at)] }
      at += 12 + big(at)
    }
  case .webp?:
    var at = 12
    while at < bytes.count {
      let length = little(at + 4)
      if ["VP8 ", "VP8L", "ALPH"].contains(name(at)) { pixels += bytes[at..<at + 8 + length] }
      at += 8 + length + length % 2
    }
  case .jpeg?:
    // From the first frame header or table on: all application segments lie before.
    var at = 2
    while bytes[at + 1] >= 0xE0 { at += 2 + Int(bytes[at + 2]) << 8 + Int(bytes[at + 3]) }
    pixels = Array(bytes[at...])
  case nil: break
  }
  return pixels
}

extension Plan {
  /// Of each output; none where its pixels are kept.
  var steps: [[Step]] { outputs.map { if case .encoded(let work) = $0.pixels { work.steps } else { [] } } }
}

extension JobFacts {
  static func test(
    requestedSize: RequestedSize = .unspecified, requestedFormat: ImageFormat? = nil,
    source: Provenance.Source = .trainedAlgorithmicMedia
  ) -> JobFacts {
    JobFacts(
      name: "canal", job: "019aa0b0-0000-7000-8000-000000000000", pipeline: "web", model: "venice-sd35", seed: 42,
      date: "2026-11-21", requestedSize: requestedSize, requestedFormat: requestedFormat,
      provenance: Provenance(
        source: source, system: "Venice.ai venice-sd35", prompt: "a canal", created: "2026-11-21T09:00:00Z"))
  }
}

extension OutputRecipe {
  static func test(
    _ file: String, _ format: ImageFormat, color: OutputColor = .keep, resize: Resize? = nil, encoding: Encoding? = nil,
    background: Color = .white, metadata: MetadataPolicy.Level = .none
  ) throws -> OutputRecipe {
    try OutputRecipe(
      file: FileNameTemplate(file), format: format, color: color, resize: resize, encoding: encoding,
      background: background,
      metadata: MetadataPolicy(level: metadata))
  }
}

/// What is known of an original before it is planned for.
func surveyed(_ original: [UInt8], _ trims: [Trim], limits: Limits = Limits()) throws -> OriginalReport {
  var report = try Processor.examine(original.span, limits: limits)
  if !trims.isEmpty { report.surveys = try Processor.survey(original.span, as: report, for: trims, limits: limits) }
  return report
}

/// Examine, plan and run, as a job does.
func process(
  _ original: [UInt8], _ recipe: Recipe, facts: OriginalFacts = OriginalFacts(), job: JobFacts = .test(),
  limits: Limits = Limits()
) throws -> (plan: Plan, outputs: [FinishedOutput]) {
  let report = try surveyed(original, recipe.trims, limits: limits)
  let plan = try Processor.plan(recipe, for: report, original: facts, job: job, limits: limits)
  var outputs: [FinishedOutput] = []
  do {
    try Processor.run(plan, original: original.span, limits: limits) { outputs.append($0) }
  } catch RunError<Never>.processing(let error) {
    throw error
  }
  return (plan, outputs)
}

// Each takes an array, since a span of an element or of a temporary does not outlive its expression.
func metadata(of bytes: [UInt8]) throws -> MetadataBlocks { try Container.read(bytes.span) }
func header(of bytes: [UInt8]) throws -> ImageHeader { try Codec.header(bytes.span) }
func decoded(_ bytes: [UInt8]) throws -> Image { try Codec.decode(bytes.span, limits: Limits()) }

extension Image {
  var bytes: [UInt8] { withPixels { pixels in pixels.indices.map { pixels[$0] } } }
}
