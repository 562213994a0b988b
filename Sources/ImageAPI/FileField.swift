/// A picture that an operation takes from a file: where in the body it stands and where its bytes come from.
public struct FileField: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    /// A path relative to the inbox.
    case inbox(String)
    /// The image that the operation before this one returned (`then:`).
    case previous
  }

  /// `["image"]`, or `["images", "1"]` for the second picture of a multi-edit: its index in the finished array.
  public let path: [String]
  public let source: Source

  public init(path: [String], source: Source) {
    self.path = path
    self.source = source
  }
}

/// The bytes of a ``FileField``, ready to send.
public struct Upload: Sendable {
  /// The same path as its ``FileField``'s.
  public let path: [String]
  /// Told to the vendor in a multipart form; the local name is nobody's business, so `image.png` will do.
  public let fileName: String
  /// `image/png`, `image/jpeg` or `image/webp`.
  public let mediaType: String
  public let content: any UploadContent

  public init(path: [String], fileName: String, mediaType: String, content: any UploadContent) {
    self.path = path
    self.fileName = fileName
    self.mediaType = mediaType
    self.content = content
  }
}
