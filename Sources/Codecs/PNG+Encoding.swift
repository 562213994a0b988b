import CCodecs
import Raster

extension PNG {
  /// Pixels of a side that four bytes less a bit can say (PNG Third Edition 11.2.1).
  static let longestSide = 0x7FFF_FFFF

  /// Bytes of filtered rows that are compressed at once. A picture with more goes through our own coder alone, in
  /// little memory: it can be a few per cent larger than it need be.
  static let mostAtOnce = 64 << 20

  /// Encodes a picture of any layout but ink's to the smallest file that was found for its samples, all of which are kept: the
  /// colours of transparent pixels too.
  ///
  /// Alpha that is opaque everywhere is left out, red, green and blue that are the same become gray, sixteen bits that
  /// hold eight become eight. Few colours become a palette, one transparent colour a `tRNS` chunk, gray gets as few
  /// bits as it needs. So the layout of what is decoded may be a smaller one; its samples, converted back, are those of
  /// `image`.
  ///
  /// - Parameter carriesProfile: an ICC profile will be added, which is for gray or for colour: what is gray stays
  ///   gray and what is colour stays colour (PNG Third Edition 11.3.2.3).
  /// - Throws: `.tooLargeToEncode`; `.encodingFailed` for ink, a compression out of range or another depth than
  ///   the picture's.
  public static func encode(
    _ image: borrowing Image, options: Options, carriesProfile: Bool = false
  ) throws(CodecError) -> [UInt8] {
    let (size, layout) = (image.size, image.layout)
    guard layout.channels != .cmyk else { throw .encodingFailed(.png, reason: "it has no \(layout.words)") }
    guard size.width <= longestSide, size.height <= longestSide else {
      throw .tooLargeToEncode(.png, found: size, limit: longestSide)
    }
    guard (0...12).contains(options.compression) else {
      throw .encodingFailed(.png, reason: "compression \(options.compression) is not within 0 to 12")
    }
    if let depth = options.depth, depth != layout.depth {
      throw .encodingFailed(.png, reason: "\(depth.rawValue) bits are asked for, the picture is \(layout.words)")
    }
    let survey = PNGSurvey(image, keepsDepth: options.depth == .sixteen)
    let forms = PNGForm.all(for: survey, layout, carriesProfile: carriesProfile)
    let (form, stream) = try image.withPixels { pixels throws(CodecError) in
      try PNGSearch(size: size, layout: layout, level: options.compression).smallest(of: forms, pixels)
    }
    return file(size, form, stream, level: options.compression)
  }

  private static func file(
    _ size: Size, _ form: PNGForm, _ stream: PNGCompression.Stream, level: Int
  ) -> [UInt8] {
    var file = PNGFile()
    file.reserve(stream.bytes.count + form.overhead + 128)
    let header =
      UInt32(size.width).bigEndianBytes + UInt32(size.height).bigEndianBytes
      + [UInt8(form.depth), UInt8(form.color.rawValue), 0, 0, 0]
    file.append("IHDR", header[...])
    if let palette = form.colors?.palette { file.append("PLTE", palette[...]) }
    if !form.transparency.isEmpty { file.append("tRNS", form.transparency[...]) }
    // zlib's frame (RFC 1950): a window of 32 KiB, a word on the effort, and the checksum at the end.
    let effort: UInt8 = level < 2 ? 0x01 : level < 6 ? 0x5E : level == 6 ? 0x9C : 0xDA
    let most = 1 << 30
    var rest = stream.bytes[...]
    var head: ArraySlice<UInt8> = [0x78, effort]
    repeat {
      let piece = rest.prefix(most)
      rest = rest.dropFirst(most)
      file.append("IDAT", head, piece, rest.isEmpty ? stream.checksum.bigEndianBytes[...] : [])
      head = []
    } while !rest.isEmpty
    file.append("IEND")
    return file.bytes
  }
}
