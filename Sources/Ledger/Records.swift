/// An image as it was received, cut from a call's response.
public struct Original: Hashable, Sendable {
  /// From 1, over all of the job's calls.
  public var index: Int
  /// The call it came from; nil for a local image.
  public var ordinal: Int?
  /// The blob that holds it.
  public var file: String
  public var format: String
  /// In pixels.
  public var width: Int
  public var height: Int
  public var bytes: Int
  /// Lower-case hexadecimal.
  public var sha256: String

  public init(
    index: Int, ordinal: Int?, file: String, format: String, width: Int, height: Int, bytes: Int, sha256: String
  ) {
    self.index = index
    self.ordinal = ordinal
    self.file = file
    self.format = format
    self.width = width
    self.height = height
    self.bytes = bytes
    self.sha256 = sha256
  }
}

/// A published file.
public struct OutputRecord: Hashable, Sendable {
  /// In the job's directory.
  public var file: String
  /// From 1: which original it was made of.
  public var variant: Int
  public var format: String
  /// In pixels.
  public var width: Int
  public var height: Int
  public var bytes: Int
  /// Lower-case hexadecimal.
  public var sha256: String
  /// The metadata level.
  public var metadata: String

  public init(
    file: String, variant: Int, format: String, width: Int, height: Int, bytes: Int, sha256: String, metadata: String
  ) {
    self.file = file
    self.variant = variant
    self.format = format
    self.width = width
    self.height = height
    self.bytes = bytes
    self.sha256 = sha256
    self.metadata = metadata
  }
}

/// Which way round jobs are listed: by acceptance.
public enum JobOrder: Hashable, Sendable {
  case oldestFirst
  case newestFirst
}

/// How many jobs stand where.
public struct JobCount: Hashable, Sendable {
  public let state: JobState
  public let wait: WaitReason?
  public let hold: HoldReason?
  public let count: Int
  /// When the oldest of them was received.
  public let oldest: Timestamp
}

/// What was found at start.
public struct Recovery: Hashable, Sendable {
  /// They were calling when the daemon ended, and are held now.
  public let held: [JobID]
  /// The call they were at is answered: they go on from the answers that are kept, at no cost. In order of priority, then
  /// age.
  public let responded: [JobID]
}
