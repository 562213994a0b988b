import Metadata
import Raster

/// What processing needs to know of a job: for names, for verification, for metadata.
public struct JobFacts: Hashable, Sendable, Codable {
  public var name: String
  /// The job's id as text.
  public var job: String
  public var pipeline: String
  public var labels: [String: String]
  public var model: String?
  public var seed: Int?
  /// The day the job was accepted, `yyyy-MM-dd`, UTC.
  public var date: String
  public var requestedSize: RequestedSize
  /// The format that the request asked the API for; `nil` when it does not say.
  public var requestedFormat: ImageFormat?
  public var provenance: Provenance

  public init(
    name: String, job: String, pipeline: String, labels: [String: String] = [:], model: String? = nil, seed: Int? = nil,
    date: String, requestedSize: RequestedSize = .unspecified, requestedFormat: ImageFormat? = nil,
    provenance: Provenance
  ) {
    self.name = name
    self.job = job
    self.pipeline = pipeline
    self.labels = labels
    self.model = model
    self.seed = seed
    self.date = date
    self.requestedSize = requestedSize
    self.requestedFormat = requestedFormat
    self.provenance = provenance
  }
}

/// What is known of one original beside its bytes.
public struct OriginalFacts: Hashable, Sendable, Codable {
  /// Which of the request's variants, counted from 1.
  public var variant: Int
  /// How many originals the job has.
  public var variants: Int
  /// The API says that it has blurred the picture.
  public var isBlurred: Bool
  /// The API says that the picture breaks its content policy.
  public var isViolation: Bool
  /// What this original was asked to be, where that is not the same for all of the job; `nil`: as the job says.
  public var requestedSize: RequestedSize?
  /// SHA-256 of its bytes, lower-case hexadecimal; `nil` while there are none.
  public var sha256: String?

  public init(
    variant: Int = 1, variants: Int = 1, isBlurred: Bool = false, isViolation: Bool = false,
    requestedSize: RequestedSize? = nil, sha256: String? = nil
  ) {
    self.variant = variant
    self.variants = variants
    self.isBlurred = isBlurred
    self.isViolation = isViolation
    self.requestedSize = requestedSize
    self.sha256 = sha256
  }
}

/// What an output's name may tell of it.
public struct OutputFacts: Hashable, Sendable {
  public var size: Size
  public var format: ImageFormat

  public init(size: Size, format: ImageFormat) {
    self.size = size
    self.format = format
  }
}
