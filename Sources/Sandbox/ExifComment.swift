import CZlib
import Raster

/// Writes a text as EXIF UserComment into an encoded picture that has no metadata yet.
enum ExifComment {
  /// The picture with the text in it; as it was, where its container has no room for so much text.
  static func embedded(_ text: String, in picture: [UInt8], _ format: ImageFormat) -> [UInt8] {
    let exif = tiff(text)
    switch format {
    case .jpeg: return inJPEG(picture, exif)
    case .png: return inPNG(picture, exif)
    case .webp: return inWebP(picture, exif)
    }
  }

  /// A TIFF structure (EXIF 2.32, 4.5 and 4.6.6): IFD0 points to the Exif IFD, and that holds the comment alone.
  private static func tiff(_ text: String) -> [UInt8] {
    let comment = Array("UNICODE\0".utf8) + text.utf16.flatMap { little(UInt16($0)) }
    func entry(_ tag: UInt16, _ type: UInt16, _ count: UInt32, _ value: UInt32) -> [UInt8] {
      little(UInt16(1)) + little(tag) + little(type) + little(count) + little(value) + little(UInt32(0))
    }
    return Array("II".utf8) + little(UInt16(42)) + little(UInt32(8))
      + entry(0x8769, 4, 1, 26)  // the Exif IFD, a LONG, right behind this one
      + entry(0x9286, 7, UInt32(comment.count), 44)  // UserComment, UNDEFINED, behind the IFD
      + comment
  }

  /// An APP1 segment right after SOI (EXIF 2.32, 4.7.2). Its length has 16 bits.
  private static func inJPEG(_ picture: [UInt8], _ exif: [UInt8]) -> [UInt8] {
    let payload = Array("Exif\0\0".utf8) + exif
    guard payload.count + 2 <= 0xFFFF else { return picture }
    let length = UInt16(payload.count + 2)
    return picture[..<2] + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)] + payload + picture[2...]
  }

  /// An `eXIf` chunk after IHDR, which is the first chunk and 25 bytes long (PNG, third edition, 11.3.3.2).
  private static func inPNG(_ picture: [UInt8], _ exif: [UInt8]) -> [UInt8] {
    func big(_ value: UInt32) -> [UInt8] { little(value).reversed() }
    let body = Array("eXIf".utf8) + exif
    // crc32_z(3) reads the array's bytes for the length of the call.
    let crc = unsafe body.withUnsafeBufferPointer { unsafe crc32_z(0, $0.baseAddress, $0.count) }
    let end = 8 + 25
    return picture[..<end] + big(UInt32(exif.count)) + body + big(UInt32(truncatingIfNeeded: crc)) + picture[end...]
  }

  /// An `EXIF` chunk at the end, and `VP8X` before the rest, which announces it (WebP container specification). What is
  /// drawn here is opaque and plain: the file holds nothing but a `VP8 ` chunk.
  private static func inWebP(_ picture: [UInt8], _ exif: [UInt8]) -> [UInt8] {
    let plain = picture[12...]
    // VP8 data: a 3 byte tag and a 3 byte start code lie before width and height, 14 bits each (RFC 6386, 9.1).
    guard plain.starts(with: "VP8 ".utf8), picture.count >= 30 else { return picture }
    let sides = [26, 28].map { UInt32(picture[$0]) | UInt32(picture[$0 + 1] & 0x3F) << 8 }
    let canvas = sides.flatMap { little($0 - 1).prefix(3) }
    let announcement = Array("VP8X".utf8) + little(UInt32(10)) + [0x08, 0, 0, 0] + canvas
    // No padding: a comment of 16 bit units makes an even number of bytes.
    let chunks =
      Array("WEBP".utf8) + announcement + plain + Array("EXIF".utf8) + little(UInt32(exif.count)) + exif
    return Array("RIFF".utf8) + little(UInt32(chunks.count)) + chunks
  }

  private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
