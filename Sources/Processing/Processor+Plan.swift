import Codecs
import Metadata
import Raster

extension Processor {
  /// Decides what will be done, without pixels.
  ///
  /// - Parameter report: with what is left by the recipe's ``Recipe/trims``. Where a survey is missing, because there is
  ///   no original yet, nothing is trimmed, and a warning says so.
  /// - Throws: `.size` and `.flaw` when the original is not what the recipe wants; `.fileName`, `.nameCollision`,
  ///   `.encodingMismatch`, `.cropOutside`, `.outputTooLarge` when the recipe cannot be followed for it.
  public static func plan(
    _ recipe: Recipe, for report: OriginalReport, original: OriginalFacts, job: JobFacts, limits: Limits = Limits()
  ) throws(ProcessingError) -> Plan {
    var warnings = try verify(report, original: original, by: recipe.verification, job: job)
    if let damage = report.damage { warnings.append(.metadataUnreadable(reason: damage.description)) }
    var outputs: [PlannedOutput] = []
    for recipe in recipe.outputs {
      if let warning = report.left(by: recipe.trim).warning, !warnings.contains(warning) { warnings.append(warning) }
      let output = try plan(recipe, for: report, original: original, job: job, limits: limits)
      if outputs.contains(where: { $0.isSameFile(as: output) }) { continue }
      // A digest in the name tells different pictures apart.
      if let name = output.name.settled, outputs.contains(where: { $0.name == output.name }) {
        throw .nameCollision(name: name)
      }
      outputs.append(output)
    }
    if let flaw = report.color.flaw, isLost(report, by: outputs) {
      warnings.append(.colorUnusable(reason: flaw))
    }
    let scale = DecodingScale.largest(for: outputs, of: report, readBack: recipe.verification.readBack)
    var provenance = job.provenance
    provenance.originalSHA256 = original.sha256
    return Plan(
      format: report.format, size: report.header.size, layout: report.header.layout, scale: scale,
      orientation: report.orientation, rejectsBlank: recipe.verification.reject.contains(.blank),
      readBack: recipe.verification.readBack, provenance: provenance,
      outputs: outputs.map { DecodingScale.applied(scale, to: $0, orientation: report.orientation) },
      warnings: warnings)
  }

  /// Whether some output looks otherwise than the original says that it should look.
  private static func isLost(_ report: OriginalReport, by outputs: [PlannedOutput]) -> Bool {
    if report.header.layout.channels == .cmyk { return true }
    return outputs.contains { output in
      if case .encoded = output.pixels, !report.color.isCarried { return true }
      return output.isToSRGB
    }
  }

  private static func plan(
    _ recipe: OutputRecipe, for report: OriginalReport, original: OriginalFacts, job: JobFacts, limits: Limits
  ) throws(ProcessingError) -> PlannedOutput {
    let shape = try Shape(of: recipe, for: report.size, surveyed: report.left(by: recipe.trim).region)
    let size = shape.size
    try recipe.checkSize(size, limits: limits)
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
      pixels: try pixels(of: recipe, for: report, shape), color: recipe.color, metadata: recipe.metadata)
  }

  private static func pixels(
    of recipe: OutputRecipe, for report: OriginalReport, _ shape: Shape
  ) throws(ProcessingError) -> PlannedOutput.Pixels {
    let stored = report.header.layout
    let source = stored.channels == .cmyk ? .rgb8 : stored
    let conversion = report.conversion
    let keepsColors = recipe.color == .keep || conversion == nil
    var steps = steps(of: recipe, for: source, shape)
    if recipe.encoding == nil, recipe.format == report.format, steps.isEmpty, report.damage == nil, keepsColors {
      if report.orientation == .upright { return .kept }
      if JPEG.canTurn(report.header, by: report.orientation) { return .turned }
    }
    let encoding = recipe.encoding ?? .standard(for: recipe.format)
    guard encoding.format == recipe.format else {
      throw .encodingMismatch(template: recipe.file.text, format: recipe.format)
    }
    let worked = steps.reduce(source) { $1.layout(of: $0) }
    let layout = recipe.format.layout(
      isGray: worked.channels.isGray, hasAlpha: worked.hasAlpha, depth: encoding.depth ?? worked.depth)
    if worked != layout { steps.append(.convert(to: layout)) }
    // Ink has to become light, and a profile for gray says nothing of colour.
    let outgrowsProfile = stored.channels == .cmyk || stored.channels.isGray != layout.channels.isGray
    if let conversion, !keepsColors || outgrowsProfile { steps.insert(.color(conversion), at: 0) }
    return .encoded(Work(steps: steps, layout: layout, encoding: encoding))
  }

  /// What is done to the pixels, in the one order that there is. What would change nothing is left out.
  private static func steps(of recipe: OutputRecipe, for source: Layout, _ shape: Shape) -> [Step] {
    // A cut-out on a larger canvas stays a cut-out; an opaque picture gets the background that the pipeline names.
    let keepsAlpha = source.hasAlpha && recipe.format.holdsAlpha && recipe.flatten == nil
    let ground = keepsAlpha ? nil : recipe.background
    // What a cut-out will be laid on shows on its canvas too.
    let canvas = keepsAlpha || !source.hasAlpha ? ground : recipe.flatten ?? recipe.background
    var steps: [Step] = []
    if let region = shape.trimmed { steps.append(.trim(to: region)) }
    if let region = shape.cropped { steps.append(.crop(to: region)) }
    if let resize = recipe.resize, !shape.resized.isIdentity {
      steps.append(
        .resize(
          shape.resized, resize.filter, isLinear: resize.isLinear && shape.resized.resamples,
          background: shape.resized.pads ? canvas : nil))
    }
    if let sigma = recipe.blur { steps.append(.blur(sigma: sigma)) }
    if let sharpening = recipe.sharpen, sharpening.changesSomething { steps.append(.sharpen(sharpening)) }
    if source.hasAlpha, !keepsAlpha { steps.append(.flatten(onto: recipe.flatten ?? recipe.background)) }
    if let frame = recipe.pad, !frame.padding.isNone {
      steps.append(.pad(frame.padding, background: frame.color ?? ground))
    }
    return steps
  }
}

extension PlannedOutput {
  /// Whether both make the same bytes, whatever the pipeline calls them.
  func isSameFile(as other: PlannedOutput) -> Bool {
    name == other.name && format == other.format && size == other.size && pixels == other.pixels
      && isToSRGB == other.isToSRGB && metadata == other.metadata
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
