import CCodecs
import Raster

/// A libpng reader over borrowed bytes. It must not outlive them.
@safe struct PNGReader: ~Copyable {
  private let handle: OpaquePointer
  private let header: codecs_png_header

  /// Reads the header, up to the first `IDAT`.
  @unsafe static func open(_ bytes: UnsafeBufferPointer<UInt8>) throws(CodecError) -> PNGReader {
    guard let handle = unsafe codecs_png_reader_create() else { throw .outOfMemory(.png) }
    var header = codecs_png_header()
    let result = unsafe codecs_png_reader_header(handle, bytes.baseAddress, bytes.count, &header)
    // Frees the handle when the header is refused.
    let reader = unsafe PNGReader(handle: handle, header: header)
    try result.requireDone(reading: .png)
    return reader
  }

  deinit { unsafe codecs_png_reader_destroy(handle) }

  func size() throws(CodecError) -> Size {
    guard let width = Int(exactly: header.width), let height = Int(exactly: header.height), width > 0, height > 0
    else { throw .malformed(.png, reason: "a side of no pixels") }
    return Size(width: width, height: height)
  }

  /// Of the decoded picture.
  var layout: Layout {
    let channels: Layout.Channels =
      switch header.color {
      case .gray: header.transparency ? .grayAlpha : .gray
      case .gray_alpha: .grayAlpha
      case .rgb, .palette: header.transparency ? .rgba : .rgb
      case .rgba: .rgba
      }
    return Layout(channels, header.depth == 16 ? .sixteen : .eight)
  }

  /// `palette of 4 bits, tRNS, interlaced`.
  var coding: String {
    let color =
      switch header.color {
      case .gray: "gray"
      case .rgb: "RGB"
      case .palette: "palette"
      case .gray_alpha: "gray with alpha"
      case .rgba: "RGBA"
      }
    var words = ["\(color) of \(header.depth) \(header.depth == 1 ? "bit" : "bits")"]
    if header.transparency { words.append("tRNS") }
    if header.interlaced { words.append("interlaced") }
    return words.joined(separator: ", ")
  }

  /// Decodes the whole picture, which fills `target`, and reads on to `IEND`.
  @unsafe func readPixels(rows: Int, to target: UnsafeMutableBufferPointer<UInt8>) throws(CodecError) {
    try unsafe codecs_png_reader_pixels(handle, target.baseAddress, target.count / rows)
      .requireDone(reading: .png)
  }
}
