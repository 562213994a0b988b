import CCodecs
import CDeflate
import Raster

/// How rows become a deflate stream.
struct PNGCompression {
  enum Coder {
    /// libdeflate, which wants all rows in memory.
    case library
    /// Our own for filtered rows of photographs, in little memory.
    case rows
  }

  /// What a picture's rows came to.
  struct Stream {
    /// Deflate (RFC 1951), without zlib's frame.
    var bytes: [UInt8]
    /// Adler-32 of the rows.
    var checksum: UInt32
  }

  let filtering: codecs_png_filtering
  let coder: Coder

  /// What is tried. Pictures with few colours and drawings compress best unfiltered, photographs never; which coder is
  /// better for filtered rows depends on the noise in them.
  static func all(for form: PNGForm, level: Int, rowsFit: Bool) -> [PNGCompression] {
    let none = PNGCompression(filtering: .none, coder: .library)
    let general = PNGCompression(filtering: .smallest, coder: .library)
    let photographic = PNGCompression(filtering: .smallest, coder: .rows)
    if !rowsFit {
      return [PNGCompression(filtering: .none, coder: .rows), photographic]
    }
    if level == 0 { return [none] }
    return form.depth < 8 ? [none, general] : [none, general, photographic]
  }

  /// The same rows by another coder.
  func by(_ coder: Coder) -> PNGCompression { PNGCompression(filtering: filtering, coder: coder) }

  /// Compresses the rows of `ranges`, one range after the other.
  func compress(
    _ rows: borrowing PNGRows, _ ranges: [Range<Int>], level: Int
  ) throws(CodecError) -> Stream {
    switch coder {
    case .library: try compressAtOnce(rows, ranges, level: level)
    case .rows: try compressInPieces(rows, ranges, effort: level)
    }
  }

  private func compressAtOnce(
    _ rows: borrowing PNGRows, _ ranges: [Range<Int>], level: Int
  ) throws(CodecError) -> Stream {
    let filtered = Self.filter(rows, ranges)
    guard let compressor = unsafe libdeflate_alloc_compressor(Int32(level)) else { throw .outOfMemory(.png) }
    defer { unsafe libdeflate_free_compressor(compressor) }
    let bound = unsafe libdeflate_deflate_compress_bound(compressor, filtered.count)
    // Both buffers are the library's for the length of the calls.
    return unsafe filtered.withUnsafeBytes { source in
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
        count = unsafe libdeflate_deflate_compress(
          compressor, source.baseAddress, source.count, target.baseAddress, target.count)
      }
      return Stream(bytes: bytes, checksum: unsafe libdeflate_adler32(1, source.baseAddress, source.count))
    }
  }

  private static func filter(_ rows: borrowing PNGRows, _ ranges: [Range<Int>]) -> [UInt8] {
    let count = ranges.reduce(0) { $0 + $1.count } * rows.rowBytes
    // Each row fills its part to the last byte.
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
      guard var target = buffer.baseAddress else { return }
      for range in ranges {
        rows.seek(to: range.lowerBound)
        for _ in range {
          unsafe rows.writeNext(to: target)
          unsafe target += rows.rowBytes
        }
      }
      initialised = count
    }
  }

  private func compressInPieces(
    _ rows: borrowing PNGRows, _ ranges: [Range<Int>], effort: Int
  ) throws(CodecError) -> Stream {
    guard let deflater = unsafe codecs_deflater_create(Int32(effort)) else { throw .outOfMemory(.png) }
    defer { unsafe codecs_deflater_destroy(deflater) }
    var row = [UInt8](repeating: 0, count: rows.rowBytes)
    var checksum: UInt32 = 1
    // The row is the C side's for the length of each call, which copies it.
    let isDone = unsafe row.withUnsafeMutableBufferPointer { buffer in
      guard let bytes = buffer.baseAddress else { return false }
      for range in ranges {
        rows.seek(to: range.lowerBound)
        for _ in range {
          unsafe rows.writeNext(to: bytes)
          checksum = unsafe libdeflate_adler32(checksum, bytes, buffer.count)
          guard unsafe codecs_deflater_write(deflater, bytes, buffer.count) else { return false }
        }
      }
      return unsafe codecs_deflater_finish(deflater)
    }
    guard isDone else { throw .outOfMemory(.png) }
    var count = 0
    let output = unsafe codecs_deflater_output(deflater, &count)
    // Copied while the deflater still owns it.
    return Stream(bytes: unsafe [UInt8](UnsafeBufferPointer(start: output, count: count)), checksum: checksum)
  }
}
