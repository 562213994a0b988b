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
  public var resize: Resize?
  /// `nil` when the pipeline asks for no encoder setting: then unchanged pixels keep their encoded bytes.
  public var encoding: Encoding?
  /// What transparency is flattened onto where the format has none.
  public var background: Color
  public var metadata: MetadataPolicy

  public init(
    file: FileNameTemplate, format: ImageFormat, resize: Resize? = nil, encoding: Encoding? = nil,
    background: Color = .white, metadata: MetadataPolicy = MetadataPolicy(level: .provenance)
  ) {
    self.file = file
    self.format = format
    self.resize = resize
    self.encoding = encoding
    self.background = background
    self.metadata = metadata
  }
}

/// Encoder settings that a pipeline asks for.
public enum Encoding: Hashable, Sendable, Codable {
  case webp(WebP.Options)
  case jpeg(JPEG.Options)
  case png(PNG.Options)
}
