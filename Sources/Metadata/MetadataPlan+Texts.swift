/// PNG's texts and JPEG's comments at the level `keep`.
extension MetadataPlan {
  mutating func keepTexts() {
    var repeated = 0
    for text in original.texts {
      switch TextMeaning(text.keyword) {
      case .position where !policy.keepsGPS: continue
      case .embedded, .fileTime: continue
      case .repeated:
        repeated += 1
        continue
      case .position, .own: break
      }
      switch format {
      case .png: set { $0.texts.append(text) }
      case .jpeg where text.keyword == TextBlock.comment && text.text.utf8.count <= JPEGContainer.payloadLimit:
        set { $0.texts.append(TextBlock(keyword: TextBlock.comment, text: text.text)) }
      case .jpeg, .webp: drop(.text, "\(format.rawValue) has no place for \(text.keyword)")
      }
    }
    if repeated > 0 {
      drop(.text, "\(repeated) of them (exif:…, tiff:…, photoshop:…) repeat EXIF, and would not be true of the output")
    }
  }
}

/// What a text is, as its keyword tells. ImageMagick writes each EXIF entry as a text of its own, the MakerNote's bytes
/// and the position among them, and the file's times.
private enum TextMeaning {
  case position
  /// A block or a picture in words.
  case embedded
  /// What EXIF says too.
  case repeated
  case fileTime
  case own

  private static let positions = ["gps", "latitude", "longitude", "location"]
  private static let closingPositions = [":lat", ":long", ":lon", ":alt", ":point", "geo", "coordinates"]

  init(_ keyword: String) {
    let word = keyword.lowercased()
    if word.contains("makernote") || word.contains("thumbnail") {
      self = .embedded
    } else if Self.positions.contains(where: word.contains) || Self.closingPositions.contains(where: word.hasSuffix) {
      self = .position
    } else if ["exif:", "tiff:", "photoshop:"].contains(where: word.hasPrefix) {
      self = .repeated
    } else {
      self = word.hasPrefix("date:") ? .fileTime : .own
    }
  }
}
