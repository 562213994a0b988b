import Codecs
import Metadata
import Raster

/// A plan in words: what will be done with an original, in which order, and what is done only once.
public struct Explanation: Hashable, Sendable {
  /// Steps that several outputs have in common.
  public struct Shared: Hashable, Sendable {
    public let steps: [String]
    /// The files' names.
    public let outputs: [String]
  }

  public struct Output: Hashable, Sendable {
    public enum Way: String, Hashable, Sendable {
      /// The encoded pixels stay as they are, to the byte.
      case kept
      /// The encoded samples are turned, without loss.
      case turned
      /// Pixels are worked on and encoded.
      case encoded
    }

    /// An encoder's setting under the name that a pipeline has for it.
    public struct Setting: Hashable, Sendable {
      public let name: String
      public let value: String
    }

    /// The name, or its template where it tells of the file's bytes.
    public let file: String
    public let format: ImageFormat
    public let size: Size
    public let way: Way
    /// From the decoded picture to what the encoder is given.
    public let steps: [String]
    public let settings: [Setting]
    public let metadata: MetadataPolicy.Level
  }

  public let format: ImageFormat
  /// The file's own word for its colour.
  public let coding: String
  /// As stored.
  public let size: Size
  /// Applied after decoding, or to the samples.
  public let orientation: Orientation
  /// The part of its sides at which the original is decoded: 2 for a half.
  public let scale: Int
  /// As decoded, and not yet turned.
  public let decoded: Size
  public let shared: [Shared]
  public let outputs: [Output]
  /// Outputs that this machine makes at once.
  public let threads: Int
  public let warnings: [String]
}

extension Plan {
  /// - Parameter report: what the plan was made for.
  public func explanation(of report: OriginalReport) -> Explanation {
    Explanation(
      format: format, coding: report.header.coding, size: size, orientation: orientation, scale: scale.rawValue,
      decoded: format == .jpeg ? scale.size(of: size) : size, shared: shared, outputs: outputs.map(\.explanation),
      threads: max(min(Processor.processors, outputs.count), 1), warnings: warnings.map(\.description))
  }

  /// Each beginning that outputs have in common, the longest of those that the same outputs have.
  private var shared: [Explanation.Shared] {
    var shared: [(steps: [Step], outputs: [String])] = []
    for output in outputs {
      for count in 1..<output.steps.count + 1 {
        let beginning = Array(output.steps.prefix(count))
        let files = outputs.filter { $0.steps.starts(with: beginning) }.map(\.words)
        guard files.count > 1, !shared.contains(where: { $0.steps == beginning }) else { continue }
        shared.removeAll { $0.outputs == files }
        shared.append((beginning, files))
      }
    }
    return shared.map { Explanation.Shared(steps: $0.steps.map(\.words), outputs: $0.outputs) }
  }
}

extension PlannedOutput {
  /// Told apart by these words from a job's other outputs, and the same whenever the same pipeline makes the output.
  var rendition: String {
    let told = explanation
    let settings = told.settings.map { "\($0.name) \($0.value)" }
    return ([template, format.rawValue, "\(size)", told.way.rawValue, color.rawValue] + told.steps + settings)
      .joined(separator: "; ")
  }

  fileprivate var words: String { name.settled ?? template }

  fileprivate var steps: [Step] {
    if case .encoded(let work) = pixels { work.steps } else { [] }
  }

  fileprivate var explanation: Explanation.Output {
    let (way, settings): (Explanation.Output.Way, [Explanation.Output.Setting]) =
      switch pixels {
      case .kept: (.kept, [])
      case .turned: (.turned, [])
      case .encoded(let work): (.encoded, work.encoding.settings(for: work.layout))
      }
    return Explanation.Output(
      file: words, format: format, size: size, way: way, steps: steps.map(\.words), settings: settings,
      metadata: metadata.level)
  }
}

extension Step {
  fileprivate var words: String {
    switch self {
    case .color(let conversion): return conversion.words
    case .trim(let region): return "trim to \(region)"
    case .crop(let region): return "crop to \(region)"
    case .resize(let geometry, let filter, let isLinear, let background):
      let crop = geometry.crop
      let isWhole = crop.width == Double(geometry.source.width) && crop.height == Double(geometry.source.height)
      var words: [String] = []
      if crop.width.rounded(.up) < Double(geometry.source.width)
        || crop.height.rounded(.up) < Double(geometry.source.height)
      {
        words.append("cut out \(number(crop.width))x\(number(crop.height)) at \(number(crop.left)),\(number(crop.top))")
      }
      if geometry.resamples || (isWhole && !geometry.pads) {
        words.append("resize to \(geometry.scaled) (\(filter.rawValue)\(isLinear ? ", linear light" : ""))")
      }
      if geometry.pads { words.append("lay on \(geometry.canvas), \(background?.hex ?? "transparent")") }
      return words.joined(separator: ", ")
    case .blur(let sigma): return "blur (sigma \(number(sigma)))"
    case .sharpen(let sharpening):
      return "sharpen (sigma \(number(sharpening.sigma)), amount \(number(sharpening.amount)), threshold "
        + "\(number(sharpening.threshold)))"
    case .pad(let padding, let background):
      let sides = [padding.top, padding.right, padding.bottom, padding.left]
      let room = Set(sides).count == 1 ? "\(sides[0])" : sides.map(String.init).joined(separator: "/")
      return "pad by \(room), \(background?.hex ?? "transparent")"
    case .flatten(let background): return "flatten onto \(background.hex)"
    case .convert(let layout): return "convert to \(layout.words)"
    }
  }

  /// At most two digits behind the point.
  private func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    if hundredths.isMultiple(of: 100) { return "\(hundredths / 100)" }
    if hundredths.isMultiple(of: 10) { return "\(hundredths / 100).\(hundredths % 100 / 10)" }
    return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
  }
}

extension Encoding {
  fileprivate func settings(for layout: Layout) -> [Explanation.Output.Setting] {
    var settings: [Explanation.Output.Setting] = []
    func add(_ name: String, _ value: Any?) {
      if let value { settings.append(.init(name: name, value: "\(value)")) }
    }
    switch self {
    case .webp(let options):
      if options.lossless { add("lossless", true) }
      add("near-lossless", options.nearLossless)
      add("quality", options.quality)
      add("method", options.method)
      if options.sharpYUV { add("sharp-yuv", true) }
      if layout.hasAlpha, !options.lossless { add("alpha-quality", options.alphaQuality) }
      add("target-bytes", options.targetBytes)
    case .jpeg(let options):
      add("quality", options.quality)
      add("subsampling", options.subsampling.rawValue)
      if options.progressive { add("progressive", true) }
      if options.optimize { add("optimize", true) }
      add("restart-rows", options.restartRows)
      add("target-bytes", options.targetBytes)
    case .png(let options):
      add("compression", options.compression)
      add("bit-depth", options.depth?.rawValue)
    }
    return settings
  }
}
