import CCodecs
import Raster

/// The pixels of a PNG: its `IDAT` chunks are inflated at once into the memory of the picture, and unfiltered there.
struct PNGReader {
  private let header: PNGHeader
  private let passes: [codecs_png_pass]
  /// Of all filtered rows.
  private let filteredBytes: Int

  init(_ header: PNGHeader) {
    self.header = header
    passes = header.passes
    let passes = passes
    filteredBytes = unsafe header.withStored { stored in
      var stored = unsafe copy stored
      return passes.reduce(0) { sum, pass in
        unsafe sum + Int(pass.height) * (codecs_png_row_bytes(&stored, pass.width) + 1)
      }
    }
  }

  /// Decodes the picture, from chunks that go on to `IEND`.
  func image(_ bytes: Span<UInt8>) throws(CodecError) -> Image {
    let data = try dataRanges(bytes)
    if data.count == 1 { return try image(inflating: bytes.extracting(data[0])) }
    var joined: [UInt8] = []
    joined.reserveCapacity(data.reduce(0) { $0 + $1.count })
    for range in data {
      unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe joined.append(contentsOf: $0) }
    }
    return try image(inflating: joined.span)
  }

  /// The data of the `IDAT` chunks that follow one another. Behind them, chunks only have to be whole, and the critical
  /// ones sound.
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
      chunk = try PNGChunk(at: chunk.end, of: bytes)
    }
  }

  private func image(inflating stream: Span<UInt8>) throws(CodecError) -> Image {
    let slack = Int(CODECS_PNG_SLACK)
    guard !header.isInterlaced else {
      // Passes are not in the order of the picture's rows: they have a memory of their own.
      var failure: CodecError?
      let rows = unsafe [UInt8](unsafeUninitializedCapacity: filteredBytes + slack) { buffer, initialised in
        let target = unsafe UnsafeMutableBufferPointer(rebasing: buffer[..<filteredBytes])
        do throws(CodecError) { try unsafe PNGInflation.inflate(stream, to: target) } catch { failure = error }
        unsafe buffer[filteredBytes...].initialize(repeating: 0)
        initialised = buffer.count
      }
      if let failure { throw failure }
      return try image(unfiltering: rows)
    }
    guard let count = Image.byteCount(header.size, header.layout) else { throw .outOfMemory(.png) }
    // At the end of the picture's memory the rows are out of the way of the pixels that are written from its beginning:
    // a row of pixels is never longer than its filter's byte and its stored bytes, or it ends where they all end.
    let spare = max(0, filteredBytes - count) + slack
    return try unsafe Image(size: header.size, layout: header.layout, spare: spare) { memory throws(CodecError) in
      let end = memory.count - slack
      let rows = unsafe UnsafeMutableBufferPointer(rebasing: memory[(end - filteredBytes)..<end])
      try unsafe PNGInflation.inflate(stream, to: rows)
      try unsafe unfilter(rows, to: memory)
    }
  }

  private func image(unfiltering rows: consuming [UInt8]) throws(CodecError) -> Image {
    try unsafe Image(size: header.size, layout: header.layout) { memory throws(CodecError) in
      // The rows are the C side's until the pixels are written.
      try unsafe rows.withUnsafeMutableBufferPointer { rows throws(CodecError) in
        try unsafe unfilter(rows, to: memory)
      }
    }
  }

  private func unfilter(
    _ rows: UnsafeMutableBufferPointer<UInt8>, to target: UnsafeMutableBufferPointer<UInt8>
  ) throws(CodecError) {
    guard var next = rows.baseAddress else { return }
    let isSound = unsafe header.withStored { stored in
      var stored = unsafe copy stored
      for var pass in passes {
        let rowBytes = unsafe codecs_png_pixel_bytes(&stored) * header.size.width
        guard unsafe codecs_png_unfilter(&stored, &pass, next, target.baseAddress, rowBytes) else { return false }
        unsafe next += Int(pass.height) * (codecs_png_row_bytes(&stored, pass.width) + 1)
      }
      return true
    }
    if !isSound { throw .malformed(.png, reason: "bad adaptive filter value") }
  }
}
