import Codecs
import Processing
import Raster

/// What a worker answers.
public enum Reply: Sendable, Codable {
  case header(ImageHeader)
  /// Without the metadata.
  case examined(OriginalReport)
  case surveyed([OriginalReport.Survey])
  /// The bytes of the plan's next output are in its file.
  case made([ProcessingWarning], credential: CredentialFate?)
  /// The bytes are in their file.
  case fitted(format: ImageFormat, size: Size, change: String)
  case inspected(Inspection)
  case finished
  case failed(ProcessingError)
  /// The picture's file cannot be read.
  case unreadable(errno: Int32)
}
