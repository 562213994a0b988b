/// The encodings that pictures arrive in and leave in.
public enum ImageFormat: String, Sendable, Hashable, Codable, CaseIterable {
  case webp
  case png
  case jpeg

  /// Tells the format by the signature that the bytes begin with; `nil` when it is none of ours.
  ///
  /// Sources: RFC 9649 §2.4 (WebP), PNG (Third Edition) §5.2, ITU-T T.81 Annex B.
  public init?(signatureOf bytes: Span<UInt8>) {
    func begins(_ expected: [UInt8], at offset: Int = 0) -> Bool {
      bytes.count >= offset + expected.count && expected.indices.allSatisfy { bytes[offset + $0] == expected[$0] }
    }
    if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if begins([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if begins([0x52, 0x49, 0x46, 0x46]) && begins([0x57, 0x45, 0x42, 0x50], at: 8) {
      self = .webp
    } else {
      return nil
    }
  }

  /// Tells the format by a file name's extension, in any case; `nil` when it is none of ours.
  public init?(fileExtension: some StringProtocol) {
    switch fileExtension.lowercased() {
    case "webp": self = .webp
    case "png": self = .png
    case "jpg", "jpeg", "jpe": self = .jpeg
    default: return nil
    }
  }

  public var mediaType: String { "image/\(rawValue)" }
}
