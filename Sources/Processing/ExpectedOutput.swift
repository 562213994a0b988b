import Codecs
import Raster

/// An output as far as it can be told before there is an original: for estimates.
public struct ExpectedOutput: Hashable, Sendable {
  /// What cannot be told yet stands as its placeholder: `{width}`, `{sha256:8}`.
  public let file: String
  public let format: ImageFormat
  /// `nil` when nobody knows how large the original will be, or what a trim will leave of it.
  public let size: Size?
  /// What the pipeline asks for, which tells outputs of unknown size apart.
  public let resize: Resize?
}

extension Processor {
  /// The outputs that a recipe makes, in its order. Those that will be one file are there once: the widths of a list
  /// that are all larger than the original. Where that cannot be told they count as several.
  ///
  /// - Parameters:
  ///   - size: of the originals, as displayed; `nil` when it cannot be told.
  ///   - originals: how many; at least 1.
  public static func expectedOutputs(
    of recipe: Recipe, size: Size?, originals: Int, job: JobFacts
  ) -> [ExpectedOutput] {
    var outputs: [ExpectedOutput] = []
    var files: Set<File> = []
    for variant in 1...max(originals, 1) {
      let original = OriginalFacts(variant: variant, variants: originals)
      for output in recipe.outputs {
        let made = output.size(ofOriginal: size)
        let name = output.file.expectedName(job: job, original: original, size: made, format: output.format)
        guard files.insert(File(output, name: name, of: size)).inserted else { continue }
        outputs.append(ExpectedOutput(file: name, format: output.format, size: made, resize: output.resize))
      }
    }
    return outputs
  }
}

/// What is equal is one file: of one name, and made in one way.
private struct File: Hashable {
  let name: String
  /// Without what `shape` says better.
  let recipe: OutputRecipe
  /// `nil` where it cannot be told.
  let shape: Shape?

  init(_ output: OutputRecipe, name: String, of size: Size?) {
    self.name = name
    var recipe = output
    let shape = size.flatMap { output.trim == nil ? try? Shape(of: output, for: $0, surveyed: nil) : nil }
    if let shape {
      recipe.crop = nil
      recipe.resize = recipe.resize.flatMap { resize in
        shape.resized.isIdentity
          ? nil : Resize(filter: resize.filter, isLinear: resize.isLinear && shape.resized.resamples)
      }
    }
    self.recipe = recipe
    self.shape = shape
  }
}

extension Processor {
  /// Looks, before there is an original, whether it will have the parts that outputs keep of it, and whether the outputs
  /// can be made. Of what a trim leaves only the frame and the box around it are known.
  ///
  /// - Parameter size: of the originals, as displayed.
  /// - Throws: `.cropOutside`, `.outputTooLarge`, `.encoding`.
  public static func check(_ recipe: Recipe, originals size: Size, limits: Limits) throws(ProcessingError) {
    for output in recipe.outputs {
      if output.trim == nil {
        try output.checkSize(try Shape(of: output, for: size, surveyed: nil).size, limits: limits)
      } else {
        let least = (output.pad?.padding ?? Padding()).around(.unit)
        try output.checkSize(output.size(ofOriginal: size) ?? least, limits: limits)
      }
    }
  }
}

extension OutputRecipe {
  /// - Throws: `.outputTooLarge`, or `.encoding` for what the format does not hold.
  func checkSize(_ size: Size, limits: Limits) throws(ProcessingError) {
    if size.pixelCount ?? .max > limits.pixels {
      throw .outputTooLarge(template: file.text, size: size, limit: limits.pixels)
    }
    if max(size.width, size.height) > format.longestSide {
      throw .encoding(
        template: file.text, .tooLargeToEncode(format, found: size, limit: format.longestSide))
    }
  }
}

extension OutputRecipe {
  fileprivate func size(ofOriginal size: Size?) -> Size? {
    guard trim == nil else { return resize?.box.map((pad?.padding ?? Padding()).around) }
    // A crop that does not lie in the original has no size.
    return size.flatMap { try? Shape(of: self, for: $0, surveyed: nil).size }
  }
}

extension Resize {
  /// The size of what is made of any picture; `nil` when it depends on the picture.
  fileprivate var box: Size? {
    guard let width, let height else { return nil }
    switch fit {
    case .contain: return Size(width: width, height: height)
    case .cover, .fill: return enlarge ? Size(width: width, height: height) : nil
    case .inside, .outside: return nil
    }
  }
}

extension FileNameTemplate {
  fileprivate func expectedName(
    job: JobFacts, original: OriginalFacts, size: Size?, format: ImageFormat
  ) -> String {
    let facts = Facts(job: job, original: original, output: OutputFacts(size: size ?? .unit, format: format))
    let values = parts.map { part -> PlannedName.Value in
      switch part {
      case .literal(let text): return .fixed(text)
      case .number: return .fixed(original.variants > 1 ? "-\(original.variant)" : "")
      case .placeholder(let placeholder):
        if size == nil, placeholder == .width || placeholder == .height { return .fixed("{\(placeholder.text)}") }
        // The job's id and what it lacks stand as they are written.
        guard placeholder != .job, let value = try? value(of: placeholder, in: facts) else {
          return .fixed("{\(placeholder.text)}")
        }
        if case .digest = value { return .fixed("{\(placeholder.text)}") }
        return value
      }
    }
    return PlannedName(values).settled ?? text
  }
}

extension Size {
  fileprivate static let unit = Size(width: 1, height: 1)
}
