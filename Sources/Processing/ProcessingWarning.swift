import Metadata
import Raster

/// What a job's manifest should tell although the outputs were made.
public enum ProcessingWarning: Hashable, Sendable, Codable {
  /// The size is not what it must be, and the pipeline accepts that.
  case sizeAccepted(expected: ExpectedSize, found: Size)
  /// The API answered with another format than asked.
  case otherFormat(asked: ImageFormat, found: ImageFormat)
  /// The original is animated; outputs that are encoded again show its first frame.
  case animated
  /// The original's metadata is damaged: nothing of it was carried over.
  case metadataUnreadable(reason: String)
  /// The whole original is of the border's colour.
  case nothingLeftByTrim
  /// There is no original yet that could be trimmed.
  case trimUnknown
  /// What the original says of its colours cannot be used: they were taken for what they are without it.
  case colorUnusable(reason: String)
  /// What one output's metadata lacks.
  case metadata(template: String, MetadataWarning)
}

extension ProcessingWarning: CustomStringConvertible {
  /// One line, whatever the original says: some of the words are its own.
  public var description: String { words.visible }

  private var words: String {
    switch self {
    case .sizeAccepted(let expected, let found): "the original is \(found), expected \(expected): accepted"
    case .otherFormat(let asked, let found): "asked for \(asked.rawValue), the API sent \(found.rawValue)"
    case .animated: "the original is animated: outputs that are encoded again show its first frame"
    case .metadataUnreadable(let reason): "the original's metadata is damaged and was not carried over: \(reason)"
    case .nothingLeftByTrim: "a trim would leave nothing of the original: it was not trimmed"
    case .trimUnknown: "sizes are told as before trimming: only the original's pixels say what is cut off"
    case .colorUnusable(let reason): "\(reason): the colours were taken as if it were not there"
    case .metadata(let template, let warning): "output \"\(template)\": \(warning)"
    }
  }
}
