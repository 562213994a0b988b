import CCodecs
import CDeflate
import Testing

/// The deflate of our own, read by libdeflate.
struct DeflaterTests {
  /// Beyond the window, so that it slides: its 32 KiB ten times, and more.
  static let inputs: [(name: String, bytes: [UInt8])] = [
    ("nothing", []),
    ("a byte", [7]),
    ("two bytes", [7, 7]),
    ("a run", [UInt8](repeating: 9, count: 1_000_000)),
    ("noise", (0..<700_000).map { UInt8(truncatingIfNeeded: random($0)) }),
    ("few values", (0..<700_000).map { UInt8(truncatingIfNeeded: random($0) & 3) }),
    ("one of two", (0..<100_000).map { random($0) % 100 == 0 ? 1 : 0 }),
    ("repetitions from afar", (0..<700_000).map { UInt8(truncatingIfNeeded: random($0 % 32_768)) }),
    ("repetitions from too far", (0..<700_000).map { UInt8(truncatingIfNeeded: random($0 % 32_769)) }),
    ("steps", (0..<700_000).map { UInt8(truncatingIfNeeded: $0 / 1000) }),
    // Fibonacci's numbers make the longest codes there are.
    ("skewed", skewed),
    ("a full block and no more", (0..<16_384).map { UInt8(truncatingIfNeeded: random($0)) }),
  ]

  private static let skewed: [UInt8] = {
    var bytes: [UInt8] = []
    var (a, b) = (1, 1)
    for value in 0..<24 {
      bytes.append(contentsOf: [UInt8](repeating: UInt8(value * 9), count: a))
      (a, b) = (b, a + b)
    }
    // In an order without repetitions.
    return bytes.indices.map { bytes[Int(random($0) % UInt64(bytes.count))] }
  }()

  @Test(arguments: inputs.map(\.name), [1, 6, 12])
  func everyByteComesBack(_ name: String, _ effort: Int32) throws {
    let bytes = try #require(Self.inputs.first { $0.name == name }).bytes
    let stream = try #require(deflated(bytes, pieces: [1, 3073, 100_000], effort: effort))
    #expect(inflated(stream, count: bytes.count) == bytes)
  }

  @Test(arguments: [[1], [4096], [1_000_000], [7, 70_000]])
  func piecesDoNotMatter(_ pieces: [Int]) throws {
    let bytes = Self.inputs[5].bytes
    #expect(deflated(bytes, pieces: pieces, effort: 6) == deflated(bytes, pieces: [bytes.count], effort: 6))
  }

  @Test func repetitionsWithinReachAreFound() throws {
    let near = try #require(deflated(Self.inputs[7].bytes, pieces: [3073], effort: 6))
    let far = try #require(deflated(Self.inputs[8].bytes, pieces: [3073], effort: 6))
    // 32768 bytes of noise, and then repetitions of 258 bytes; or noise alone.
    #expect(near.count < 50_000)
    #expect(far.count > 690_000)
  }

  @Test(arguments: (20...32).map { $0 * 1000 + 7 * ($0 - 20) })
  func noiseThatRepeatsItselfIsFound(distance: Int) throws {
    // Where it begins, nothing has repeated itself for so long that bytes are passed over.
    let bytes = (0..<200_000).map { place in
      UInt8(truncatingIfNeeded: random(place < 9000 ? place + 1_000_000 : (place - 9000) % distance))
    }
    let stream = try #require(deflated(bytes, pieces: [3073], effort: 6))
    #expect(stream.count < 9000 + distance + 6000)
  }

  private func deflated(_ bytes: [UInt8], pieces: [Int], effort: Int32) -> [UInt8]? {
    guard let deflater = codecs_deflater_create(effort) else { return nil }
    defer { codecs_deflater_destroy(deflater) }
    var offset = 0
    var turn = 0
    while offset < bytes.count {
      let count = min(pieces[turn % pieces.count], bytes.count - offset)
      guard
        bytes[offset..<offset + count].withUnsafeBufferPointer({
          codecs_deflater_write(deflater, $0.baseAddress, $0.count)
        })
      else { return nil }
      offset += count
      turn += 1
    }
    guard codecs_deflater_finish(deflater) else { return nil }
    var count = 0
    let output = codecs_deflater_output(deflater, &count)
    return [UInt8](UnsafeBufferPointer(start: output, count: count))
  }

  /// `nil` when the stream is unsound, or does not end where its bytes do.
  private func inflated(_ stream: [UInt8], count: Int) -> [UInt8]? {
    guard let decompressor = libdeflate_alloc_decompressor() else { return nil }
    defer { libdeflate_free_decompressor(decompressor) }
    var bytes = [UInt8](repeating: 0, count: count)
    var (read, written) = (0, 0)
    let result = libdeflate_deflate_decompress_ex(
      decompressor, stream, stream.count, &bytes, count, &read, &written)
    return result == LIBDEFLATE_SUCCESS && read == stream.count && written == count ? bytes : nil
  }
}
