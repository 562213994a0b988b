import CCodecs
import Raster

/// The pixels of a PNG: some rows at a time, while they are near the processor, are inflated, unfiltered, and written
/// where they belong.
struct PNGReader {
  private let header: PNGHeader

  /// Bytes of rows that are inflated at once, unless one is longer.
  private static let bandBytes = 128 << 10

  init(_ header: PNGHeader) {
    self.header = header
  }

  /// Decodes the picture, from chunks that go on to `IEND`.
  func image(_ bytes: Span<UInt8>) throws(CodecError) -> Image {
    let data = try dataRanges(bytes)
    // The libraries read through a pointer, until the picture is there.
    return try unsafe bytes.withUnsafeBufferPointer { bytes throws(CodecError) in
      do throws(CodecError) {
        return try image(inflating: try unsafe PNGInflater(bytes, data))
      } catch {
        return try image(inflating: try unsafe PNGLenientInflater(bytes, data))
      }
    }
  }

  /// The data of the `IDAT` chunks that follow one another. Behind them, chunks only have to be whole, and the critical
  /// ones sound and known: what may change the meaning of the pixels (5.4) may come after them as well.
  private func dataRanges(_ bytes: Span<UInt8>) throws(CodecError) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var chunk = header.pixels
    while chunk.kind == .pixels {
      try chunk.requireSound(in: bytes)
      if !chunk.data.isEmpty { ranges.append(chunk.data) }
      chunk = try PNGChunk(at: chunk.end, of: bytes)
    }
    while true {
      if chunk.kind == .header { throw chunk.malformed("out of place") }
      try chunk.requireWhole(in: bytes)
      if chunk.isCritical || chunk.kind == .transparency { try chunk.requireSound(in: bytes) }
      if chunk.kind == .end { return ranges }
      if chunk.isCritical, chunk.kind == nil { throw chunk.malformed("unhandled critical chunk") }
      chunk = try PNGChunk(at: chunk.end, of: bytes)
    }
  }

  private func image(inflating source: consuming some PNGInflating & ~Copyable) throws(CodecError) -> Image {
    let passes = header.passes
    var rows = [UInt8](repeating: 0, count: passes.map(bandCount).max() ?? 0)
    return try unsafe Image(size: header.size, layout: header.layout) { picture throws(CodecError) in
      // The rows are the C side's for the length of its calls.
      try unsafe rows.withUnsafeMutableBufferPointer { rows throws(CodecError) in
        try unsafe header.withStored { stored throws(CodecError) in
          for pass in passes { try unsafe read(pass, stored, from: &source, by: rows, to: picture) }
        }
      }
      try source.finish()
    }
  }

  private func rowBytes(_ pass: codecs_png_pass) -> Int {
    codecs_png_row_bytes(header.color, Int32(header.depth), Int(pass.width)) + 1
  }

  private func bandHeight(_ pass: codecs_png_pass) -> Int {
    min(Int(pass.height), max(1, Self.bandBytes / rowBytes(pass)))
  }

  /// A band, and before it the last row of the one above it.
  private func bandCount(_ pass: codecs_png_pass) -> Int {
    let height = bandHeight(pass)
    return (height < pass.height ? height + 1 : height) * rowBytes(pass) + Int(CODECS_PNG_SLACK)
  }

  private func read(
    _ pass: codecs_png_pass, _ stored: borrowing codecs_png_stored, from source: inout some PNGInflating & ~Copyable,
    by rows: UnsafeMutableBufferPointer<UInt8>, to picture: UnsafeMutableBufferPointer<UInt8>
  ) throws(CodecError) {
    var (stored, pass) = unsafe (copy stored, pass)
    let (rowBytes, height) = (rowBytes(pass), bandHeight(pass))
    let start = height < pass.height ? rowBytes : 0
    let pictureRow = unsafe codecs_png_pixel_bytes(&stored) * header.size.width
    for first in stride(from: 0, to: Int(pass.height), by: height) {
      let count = min(height, Int(pass.height) - first)
      let filtered = unsafe UnsafeMutableBufferPointer(rebasing: rows[start..<start + count * rowBytes])
      guard let last = unsafe filtered.baseAddress.map({ unsafe $0 + (count - 1) * rowBytes }) else { return }
      try unsafe source.fill(filtered)
      var band = unsafe codecs_png_band(
        first: UInt32(first), count: UInt32(count), rows: filtered.baseAddress,
        above: first == 0 ? nil : UnsafePointer(rows.baseAddress))
      guard unsafe codecs_png_unfilter(&stored, &pass, &band, picture.baseAddress, pictureRow) else {
        throw .malformed(.png, reason: "bad adaptive filter value")
      }
      if start > 0 { unsafe rows.baseAddress?.update(from: last, count: rowBytes) }
    }
  }
}
