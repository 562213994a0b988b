import Raster

/// Why metadata could not be read or written. What can be left out safely is a `MetadataWarning` instead.
public enum MetadataError: Error, Hashable, Sendable, Codable {
  /// The bytes begin like none of WebP, PNG, JPEG.
  case notAnImage
  /// The bytes end inside a structure. `offset` is where the structure begins.
  case truncated(ImageFormat, structure: String, offset: Int)
  /// The container breaks its format's rules.
  case malformed(ImageFormat, structure: String, offset: Int, reason: String)
  /// The container has more pieces than any honest file.
  case tooManyPieces(ImageFormat, limit: Int)
  /// A block does not fit its place in the container.
  case tooLarge(Block, bytes: Int, limit: Int, ImageFormat?)
  /// An EXIF block that breaks TIFF's rules.
  case damagedExif(reason: String)
  /// libexif could not build a block.
  case exifNotBuilt(reason: String)
  /// Blocks with a C2PA manifest store were to be written over other metadata; a signed file stays as it is or loses
  /// it.
  case credentialWouldBreak(ImageFormat)
}

/// The kinds of metadata, as messages name them.
public enum Block: String, Hashable, Sendable, Codable {
  case exif = "EXIF"
  case xmp = "XMP"
  case icc = "ICC profile"
  case iptc = "IPTC"
  case text = "text"
  case density = "density"
  case credential = "C2PA credential"
}

extension MetadataError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAnImage: "not a WebP, PNG or JPEG picture, so there is no metadata to read"
    case .truncated(let format, let structure, let offset):
      "the \(format.rawValue) file is cut: it ends inside the \(structure) that begins at byte \(offset)"
    case .malformed(let format, let structure, let offset, let reason):
      "the \(format.rawValue) file is damaged: \(structure) at byte \(offset): \(reason)"
    case .tooManyPieces(let format, let limit):
      "the \(format.rawValue) file has more than \(limit) pieces, which no ordinary writer makes"
    case .tooLarge(let block, let bytes, let limit, let format):
      "\(block.rawValue) of \(bytes) bytes does not fit \(format?.rawValue ?? "a picture"), which holds \(limit); "
        + "shorten what the pipeline's metadata writes"
    case .damagedExif(let reason): "the EXIF block is damaged: \(reason)"
    case .exifNotBuilt(let reason): "an EXIF block could not be built: \(reason)"
    case .credentialWouldBreak(let format):
      "the \(format.rawValue) file is signed (C2PA) and cannot be changed without breaking the signature; "
        + "plan its metadata first, which drops the credential"
    }
  }
}
