import Codecs
import Metadata
import Raster

/// What becomes of an original: the part of a pipeline that processing needs, and that a job keeps from its acceptance
/// to its end, however the pipeline's file changes meanwhile.
public struct Recipe: Hashable, Sendable, Codable {
  public var verification: Verification
  /// In the order of the file; a list of widths has become one output of each. At least one.
  public var outputs: [OutputRecipe]

  public init(verification: Verification = Verification(), outputs: [OutputRecipe]) {
    self.verification = verification
    self.outputs = outputs
  }
}

/// One kind of output file.
public struct OutputRecipe: Hashable, Sendable, Codable {
  public var file: FileNameTemplate
  public var format: ImageFormat
  /// The steps, in the order in which they are done, whatever their order in the file.
  public var color: OutputColor
  public var trim: Trim?
  public var crop: Cropping?
  public var resize: Resize?
  /// The sigma of a Gaussian, in pixels of the output.
  public var blur: Double?
  public var sharpen: Sharpening?
  /// What transparency is laid on, although the format may hold it.
  public var flatten: Color?
  public var pad: Frame?
  /// `nil` when the pipeline asks for no encoder setting: then unchanged pixels keep their encoded bytes.
  public var encoding: Encoding?
  /// What transparency is flattened onto where the format has none, and what lies around an opaque picture.
  public var background: Color
  public var metadata: MetadataPolicy

  public init(
    file: FileNameTemplate, format: ImageFormat, color: OutputColor = .keep, trim: Trim? = nil, crop: Cropping? = nil,
    resize: Resize? = nil, blur: Double? = nil, sharpen: Sharpening? = nil, flatten: Color? = nil, pad: Frame? = nil,
    encoding: Encoding? = nil, background: Color = .white, metadata: MetadataPolicy = MetadataPolicy(level: .provenance)
  ) {
    self.file = file
    self.format = format
    self.color = color
    self.trim = trim
    self.crop = crop
    self.resize = resize
    self.blur = blur
    self.sharpen = sharpen
    self.flatten = flatten
    self.pad = pad
    self.encoding = encoding
    self.background = background
    self.metadata = metadata
  }
}

/// The wish to put room around a picture.
public struct Frame: Hashable, Sendable, Codable {
  public var padding: Padding
  /// `nil` for transparency where the output has it, and else for the output's background.
  public var color: Color?

  public init(_ padding: Padding, color: Color? = nil) {
    self.padding = padding
    self.color = color
  }
}

/// What becomes of an original's colour space.
public enum OutputColor: String, Hashable, Sendable, Codable, CaseIterable {
  /// The numbers stay, and the profile goes with them. Ink, and what the output has no profile for, becomes sRGB.
  case keep
  /// sRGB, and no profile.
  case srgb
}

/// Encoder settings that a pipeline asks for.
public enum Encoding: Hashable, Sendable, Codable {
  case webp(WebP.Options)
  case jpeg(JPEG.Options)
  case png(PNG.Options)
}
