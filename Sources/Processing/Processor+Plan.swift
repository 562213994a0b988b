import Codecs
import Metadata
import Raster

extension Processor {
  /// Decides what will be done, without pixels.
  ///
  /// - Throws: `.size` and `.flaw` when the original is not what the recipe wants; `.fileName`, `.nameCollision`,
  ///   `.encodingMismatch`, `.outputTooLarge` when the recipe cannot be followed for it.
  public static func plan(
    _ recipe: Recipe, for report: OriginalReport, original: OriginalFacts, job: JobFacts, limits: Limits = Limits()
  ) throws(ProcessingError) -> Plan {
    var warnings = try verify(report, original: original, by: recipe.verification, job: job)
    if let damage = report.damage { warnings.append(.metadataUnreadable(reason: damage.description)) }
    var outputs: [PlannedOutput] = []
    for recipe in recipe.outputs {
      let output = try plan(recipe, for: report, original: original, job: job, limits: limits)
      if outputs.contains(where: { $0.isSameFile(as: output) }) { continue }
      // A digest in the name tells different pictures apart.
      if let name = output.name.settled, outputs.contains(where: { $0.name == output.name }) {
        throw .nameCollision(name: name)
      }
      outputs.append(output)
    }
    let scale = DecodingScale.largest(for: outputs, of: report, readBack: recipe.verification.readBack)
    return Plan(
      format: report.format, size: report.header.size, layout: report.header.layout, scale: scale,
      orientation: report.orientation, rejectsBlank: recipe.verification.reject.contains(.blank),
      readBack: recipe.verification.readBack, provenance: job.provenance,
      outputs: outputs.map { DecodingScale.applied(scale, to: $0, orientation: report.orientation) },
      warnings: warnings)
  }

  private static func plan(
    _ recipe: OutputRecipe, for report: OriginalReport, original: OriginalFacts, job: JobFacts, limits: Limits
  ) throws(ProcessingError) -> PlannedOutput {
    let geometry = recipe.resize?.geometry(for: report.size) ?? ResizeGeometry(unchanged: report.size)
    let size = geometry.outputSize
    if size.pixelCount ?? .max > limits.pixels {
      throw .outputTooLarge(template: recipe.file.text, size: size, limit: limits.pixels)
    }
    let facts = FileNameTemplate.Facts(
      job: job, original: original, output: OutputFacts(size: size, format: recipe.format))
    let name: PlannedName
    do throws(FileNameError) {
      name = try recipe.file.name(for: facts)
    } catch {
      throw .fileName(error)
    }
    return PlannedOutput(
      name: name, template: recipe.file.text, format: recipe.format, size: size,
      pixels: try pixels(of: recipe, for: report, geometry: geometry), metadata: recipe.metadata)
  }

  private static func pixels(
    of recipe: OutputRecipe, for report: OriginalReport, geometry: ResizeGeometry
  ) throws(ProcessingError) -> PlannedOutput.Pixels {
    if recipe.encoding == nil, recipe.format == report.format, geometry.isIdentity, report.damage == nil {
      if report.orientation == .upright { return .kept }
      if JPEG.canTurn(report.header, by: report.orientation) { return .turned }
    }
    let encoding = recipe.encoding ?? .standard(for: recipe.format)
    guard encoding.format == recipe.format else {
      throw .encodingMismatch(template: recipe.file.text, format: recipe.format)
    }
    let source = report.header.layout
    let keepsAlpha = source.hasAlpha && recipe.format.holdsAlpha
    // A cut-out on a larger canvas stays a cut-out; an opaque picture gets the background that the pipeline names.
    let padding = geometry.pads && !keepsAlpha ? recipe.background : nil
    let flattening = source.hasAlpha && !keepsAlpha ? recipe.background : nil
    let staysGray = source.channels.isGray && (padding ?? flattening)?.isGray ?? true
    let layout = recipe.format.layout(
      isGray: staysGray, hasAlpha: keepsAlpha, depth: encoding.depth ?? source.depth)
    var steps: [Step] = []
    if !geometry.isIdentity {
      steps.append(.resize(geometry, recipe.resize?.filter ?? .lanczos3, background: padding))
    }
    if let flattening { steps.append(.flatten(onto: flattening)) }
    if steps.reduce(source, { $1.layout(of: $0) }) != layout { steps.append(.convert(to: layout)) }
    return .encoded(Work(steps: steps, layout: layout, encoding: encoding))
  }
}

extension PlannedOutput {
  /// Whether both make the same bytes, whatever the pipeline calls them.
  func isSameFile(as other: PlannedOutput) -> Bool {
    name == other.name && format == other.format && size == other.size && pixels == other.pixels
      && metadata == other.metadata
  }
}

extension Encoding {
  /// The defaults of a format's encoder.
  static func standard(for format: ImageFormat) -> Encoding {
    switch format {
    case .webp: .webp(WebP.Options())
    case .png: .png(PNG.Options())
    case .jpeg: .jpeg(JPEG.Options())
    }
  }

  /// The bits of a sample that are asked for.
  fileprivate var depth: Layout.Depth? {
    switch self {
    case .png(let options): options.depth
    case .webp, .jpeg: nil
    }
  }

  public var format: ImageFormat {
    switch self {
    case .webp: .webp
    case .png: .png
    case .jpeg: .jpeg
    }
  }
}

extension ImageFormat {
  var holdsAlpha: Bool {
    switch self {
    case .webp, .png: true
    case .jpeg: false
    }
  }

  /// What the format's encoder is given for a picture: WebP knows only eight bits of RGB, JPEG eight bits without
  /// alpha.
  func layout(isGray: Bool, hasAlpha: Bool, depth: Layout.Depth) -> Layout {
    switch self {
    case .webp: hasAlpha ? .rgba8 : .rgb8
    case .jpeg: isGray ? .gray8 : .rgb8
    case .png:
      switch (isGray, hasAlpha) {
      case (true, false): Layout(.gray, depth)
      case (true, true): Layout(.grayAlpha, depth)
      case (false, false): Layout(.rgb, depth)
      case (false, true): Layout(.rgba, depth)
      }
    }
  }
}
