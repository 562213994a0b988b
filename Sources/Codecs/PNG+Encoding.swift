import CCodecs
import Raster

extension PNG {
  /// Pixels of a side that four bytes less a bit can say (PNG Third Edition 11.2.1).
  static let longestSide = 0x7FFF_FFFF

  /// Encodes a picture of any layout, with all five filters chosen row by row.
  ///
  /// `compression` is zlib's level up to 9; 10 to 12 are zlib's 9 too.
  ///
  /// - Throws: `.tooLargeToEncode`; `.encodingFailed` for a compression out of range.
  public static func encode(_ image: borrowing Image, options: Options) throws(CodecError) -> [UInt8] {
    let size = image.size
    let layout = image.layout
    guard size.width <= longestSide, size.height <= longestSide else {
      throw .tooLargeToEncode(.png, found: size, limit: longestSide)
    }
    guard (0...12).contains(options.compression) else {
      throw .encodingFailed(.png, reason: "compression \(options.compression) is not within 0 to 12")
    }
    let rowBytes = image.rowBytes
    return try image.withPixels { pixels throws(CodecError) in
      // libpng reads through a pointer, for the length of the call.
      try unsafe pixels.withUnsafeBufferPointer { buffer throws(CodecError) in
        var picture = unsafe codecs_png_picture(
          pixels: buffer.baseAddress, row_bytes: rowBytes, width: UInt32(size.width), height: UInt32(size.height),
          color: layout.channels.pngColor, depth: Int32(layout.depth.rawValue),
          compression: Int32(min(options.compression, 9)))
        return try unsafe ByteSink.collect { sink, context throws(CodecError) in
          try unsafe codecs_png_write(&picture, sink, context).requireDone(writing: .png)
        }
      }
    }
  }
}

extension Layout.Channels {
  fileprivate var pngColor: codecs_png_color {
    switch self {
    case .gray: .gray
    case .grayAlpha: .gray_alpha
    case .rgb: .rgb
    case .rgba: .rgba
    }
  }
}
