import Codecs
import Raster
import Testing

/// What is promised of every format when bytes are missing or wrong.
struct DamageTests {
  /// Every length of a small file, and enough of a larger one.
  private static func cuts(of count: Int) -> [Int] {
    count < 1000 ? Array(0..<count) : Array(stride(from: 0, to: count, by: count / 300)) + [count - 1, count - 2]
  }

  private static let withoutTrailer = Fixtures.all.filter { !$0.name.hasSuffix("-trailer") }

  @Test(arguments: withoutTrailer)
  func aCutFileIsTruncated(_ fixture: Fixture) {
    // Below the signature nothing says what it would have been.
    for count in Self.cuts(of: fixture.file.count) where count >= 12 {
      let found = Decoding(Array(fixture.file[..<count]))
      #expect(found == .error(.truncated(fixture.format)), "cut after \(count) bytes of \(fixture.file.count)")
    }
    for count in 0..<12 {
      guard case .error(let error) = Decoding(Array(fixture.file[..<count])) else {
        Issue.record("a picture of \(count) bytes")
        continue
      }
      #expect([.truncated(fixture.format), .notAnImage(beginning: Array(fixture.file[..<count]))].contains(error))
    }
  }

  @Test(arguments: [("webp-lossless", "webp-lossless-trailer"), ("jpeg-2x2", "jpeg-trailer")])
  func aCutBehindThePictureLosesNothing(_ whole: String, _ withTrailer: String) {
    let whole = Fixtures.named(whole)
    let trailer = Fixtures.named(withTrailer)
    for count in whole.file.count...trailer.file.count {
      #expect(Decoding(Array(trailer.file[..<count])) == .picture(whole.size, whole.layout, whole.pixels))
    }
  }

  @Test(arguments: Fixtures.all.filter { $0.file.count < 1300 })
  func flippedBitsGiveAPictureOrAnError(_ fixture: Fixture) {
    for index in fixture.file.indices {
      for bit in [index % 8, (index + 3) % 8] {
        var bytes = fixture.file
        bytes[index] ^= 1 << bit
        if case .picture(let size, let layout, let pixels) = Decoding(bytes) {
          #expect(pixels.count == Image.byteCount(size, layout))
        }
        _ = try? Codec.header(bytes.span)
      }
    }
  }

  @Test(arguments: Fixtures.all.filter { $0.file.count < 1300 })
  func headerOfACutFileIsRightOrAnError(_ fixture: Fixture) throws {
    let whole = try Codec.header(fixture.file.span)
    for count in fixture.file.indices {
      let cut = Array(fixture.file[..<count])
      do throws(CodecError) {
        let header = try Codec.header(cut.span)
        #expect(header.size == whole.size && header.layout == whole.layout && header.coding == whole.coding)
      } catch {
        #expect([.truncated(fixture.format), .notAnImage(beginning: Array(cut.prefix(16)))].contains(error))
      }
    }
  }
}
