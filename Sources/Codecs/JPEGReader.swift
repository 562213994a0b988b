import CCodecs
import Raster

/// A libjpeg decompressor over borrowed bytes. It must not outlive them.
@safe struct JPEGReader: ~Copyable {
  /// Scans of a progressive picture. Encoders make about ten; a file of a few kilobytes can hold thousands, each of
  /// which costs the time of a whole picture.
  static let mostScans: Int32 = 100

  private let handle: OpaquePointer
  private let header: codecs_jpeg_header

  /// Reads the header, up to the first scan.
  @unsafe static func open(_ bytes: UnsafeBufferPointer<UInt8>) throws(CodecError) -> JPEGReader {
    guard let handle = unsafe codecs_jpeg_reader_create() else { throw .outOfMemory(.jpeg) }
    var header = codecs_jpeg_header()
    let result = unsafe codecs_jpeg_reader_header(handle, bytes.baseAddress, bytes.count, &header)
    // Frees the handle when the header is refused.
    let reader = unsafe JPEGReader(handle: handle, header: header)
    try result.requireDone(reading: .jpeg)
    return reader
  }

  deinit { unsafe codecs_jpeg_reader_destroy(handle) }

  /// Rows come as CMYK, in which 255 stands for no ink, as Adobe has it.
  var invertsInk: Bool {
    switch header.color {
    case .cmyk, .ycck: header.adobe
    case .gray, .rgb, .ycc, .other: false
    }
  }

  func imageHeader() throws(CodecError) -> ImageHeader {
    let layout: Layout
    switch header.color {
    case .gray: layout = .gray8
    case .rgb, .ycc: layout = .rgb8
    case .cmyk, .ycck: layout = .cmyk8
    case .other: throw .unsupported(.jpeg, feature: "\(header.components) components")
    }
    guard let width = Int(exactly: header.width), let height = Int(exactly: header.height), width > 0, height > 0
    else { throw .malformed(.jpeg, reason: "a side of no pixels") }
    return ImageHeader(
      format: .jpeg, size: Size(width: width, height: height), layout: layout, coding: coding,
      block: hasUsualSampling ? codedBlock : nil)
  }

  private var coding: String {
    var words: [String] = []
    switch header.color {
    case .gray: words.append("gray")
    case .rgb: words.append("RGB")
    case .ycc: words.append("YCbCr \(subsampling)")
    case .cmyk: words.append("CMYK")
    case .ycck: words.append("YCCK \(subsampling)")
    case .other: words.append("\(header.components) components")
    }
    if header.progressive { words.append("progressive") }
    if header.arithmetic { words.append("arithmetic coding") }
    return words.joined(separator: ", ")
  }

  var isProgressive: Bool { header.progressive }

  /// The blocks that are coded together, in pixels: what can only be moved as a whole.
  var codedBlock: Size {
    guard header.components > 1 else { return Size(width: 8, height: 8) }
    let (h, v) = (header.horizontal, header.vertical)
    return Size(width: 8 * Int(max(h.0, h.1, h.2, h.3)), height: 8 * Int(max(v.0, v.1, v.2, v.3)))
  }

  /// Whether the colours have one sample to one, two or four of light, which is all that TurboJPEG moves.
  var hasUsualSampling: Bool {
    switch header.color {
    case .gray, .rgb: true
    case .ycc, .ycck: ["4:4:4", "4:2:2", "4:2:0", "4:4:0", "4:1:1"].contains(subsampling)
    case .cmyk: subsampling == "4:4:4"
    case .other: false
    }
  }

  /// `4:2:0` where the usual notation has a name for it, else the sampling factors of each component.
  private var subsampling: String {
    let (h, v) = (header.horizontal, header.vertical)
    let chromaIsSingle = h.1 == 1 && v.1 == 1 && h.2 == 1 && v.2 == 1
    switch (chromaIsSingle, h.0, v.0) {
    case (true, 1, 1): return "4:4:4"
    case (true, 2, 1): return "4:2:2"
    case (true, 2, 2): return "4:2:0"
    case (true, 1, 2): return "4:4:0"
    case (true, 4, 1): return "4:1:1"
    case (true, 4, 2): return "4:1:0"
    default: return "\(h.0)x\(v.0),\(h.1)x\(v.1),\(h.2)x\(v.2)"
    }
  }

  /// Begins decoding; a file of several scans is read to its end here.
  func start(_ scale: JPEG.Scale = .full) throws(CodecError) {
    try unsafe codecs_jpeg_reader_start(handle, Self.mostScans, Int32(scale.rawValue)).requireDone(reading: .jpeg)
  }

  /// Decodes the next rows, which fill `target`.
  @unsafe func readRows(_ count: Int, to target: UnsafeMutableBufferPointer<UInt8>) throws(CodecError) {
    let rowBytes = target.count / count
    try unsafe codecs_jpeg_reader_rows(handle, target.baseAddress, rowBytes, UInt32(count))
      .requireDone(reading: .jpeg)
  }

  /// Reads up to the end of image marker.
  func finish() throws(CodecError) {
    try unsafe codecs_jpeg_reader_finish(handle).requireDone(reading: .jpeg)
  }
}
