import Raster

/// Encoded bytes to pixels and back: WebP over libwebp, PNG over ISA-L and libdeflate, JPEG over libjpeg-turbo.
///
/// The header is read first; what it promises is held against `Limits` before memory is taken for it; then the C
/// library decodes straight into the memory of an `Image`. Metadata is neither read nor written here, no sample is
/// converted for gamma or a profile, and EXIF orientation is not applied.
///
/// What goes wrong is a `CodecError`: the bytes are of no known format or another one, cut, damaged, of a kind that is
/// not decoded here, or too large. There is never a partial picture: bytes that end early are `.truncated`, even where
/// the C library would fill up with grey.
///
/// `Codec` tells the format by the signature; `WebP`, `PNG` and `JPEG` are the codecs themselves.
public enum Codec {
  /// Reads the header of a WebP, PNG or JPEG.
  ///
  /// - Throws: `.notAnImage` for any other bytes, and what the format's own `header` throws.
  public static func header(_ bytes: Span<UInt8>) throws(CodecError) -> ImageHeader {
    switch try format(of: bytes) {
    case .webp: try WebP.header(bytes)
    case .png: try PNG.header(bytes)
    case .jpeg: try JPEG.header(bytes)
    }
  }

  /// Decodes a WebP, PNG or JPEG.
  ///
  /// - Parameters:
  ///   - scale: of a JPEG; other formats are decoded as they are.
  ///   - threads: that the codec may use.
  /// - Throws: `.notAnImage` for any other bytes, and what the format's own `decode` throws.
  public static func decode(
    _ bytes: Span<UInt8>, limits: Limits, scale: JPEG.Scale = .full, threads: Int = 1
  ) throws(CodecError) -> Image {
    switch try format(of: bytes) {
    case .webp: try WebP.decode(bytes, limits: limits, threads: threads)
    case .png: try PNG.decode(bytes, limits: limits)
    case .jpeg: try JPEG.decode(bytes, limits: limits, scale: scale)
    }
  }

  private static func format(of bytes: Span<UInt8>) throws(CodecError) -> ImageFormat {
    if let format = ImageFormat(signatureOf: bytes) { return format }
    let beginning = (0..<min(bytes.count, 16)).map { bytes[$0] }
    throw .notAnImage(beginning: beginning)
  }
}

extension ImageFormat {
  /// Refuses bytes that do not begin with this format's signature.
  func requireSignature(of bytes: Span<UInt8>) throws(CodecError) {
    let found = ImageFormat(signatureOf: bytes)
    if found != self { throw .mislabelled(expected: self, found: found) }
  }
}

extension ImageFormat {
  /// Pixels of a side that a file can have: 14 bits in WebP (RFC 9649 §2.5), 65,500 by libjpeg (`jmorecfg.h`), 31 bits in
  /// PNG (Third Edition 11.2.1).
  public var longestSide: Int {
    switch self {
    case .webp: WebP.longestSide
    case .jpeg: JPEG.longestSide
    case .png: PNG.longestSide
    }
  }
}
