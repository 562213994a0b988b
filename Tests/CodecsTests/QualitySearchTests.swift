import Codecs
import Raster
import Testing

struct QualitySearchTests {
  private static let photograph = Pattern.soft

  private func webp(_ quality: Int, target: Int? = nil) throws -> [UInt8] {
    let image = Self.photograph.draw(160, 120, .rgb8)
    return try WebP.encode(image, options: WebP.Options(quality: quality, method: 1, targetBytes: target))
  }

  private func jpeg(_ quality: Int, target: Int? = nil) throws -> [UInt8] {
    let image = Self.photograph.draw(160, 120, .rgb8)
    return try JPEG.encode(
      image, options: JPEG.Options(quality: quality, subsampling: .automatic, targetBytes: target))
  }

  /// Every size that any quality makes, and the sizes just beside it.
  @Test func theBestQualityThatFitsIsFoundForWebP() throws {
    let files = try (0...100).map { try webp($0) }
    for quality in stride(from: 3, to: 100, by: 7) {
      for target in [files[quality].count - 1, files[quality].count, files[quality].count + 1] {
        let found = try webp(100, target: target)
        let isOneOfThem = try #require(files.lastIndex(of: found))
        #expect(found.count <= target)
        #expect(isOneOfThem == 100 || files[isOneOfThem + 1].count > target || files[isOneOfThem + 1] == found)
      }
    }
  }

  @Test func theBestQualityThatFitsIsFoundForJPEG() throws {
    let files = try (1...100).map { try jpeg($0) }
    // Below, qualities share their quantization tables.
    for index in stride(from: 13, to: 99, by: 5) {
      for target in [files[index].count - 1, files[index].count, files[index].count + 1] {
        let found = try jpeg(100, target: target)
        let isOneOfThem = try #require(files.lastIndex(of: found))
        #expect(found.count <= target)
        #expect(files[isOneOfThem + 1].count > target)
      }
    }
  }

  @Test func noQualityAboveTheOneAskedForIsTaken() throws {
    #expect(try webp(60, target: 1_000_000) == webp(60))
    #expect(try jpeg(60, target: 1_000_000) == jpeg(60))
    let below = try webp(60).count - 1
    #expect(try webp(60, target: below).count <= below)
  }

  @Test func tooFewBytesSayHowManyThereMustBe() throws {
    let smallest = (webp: try webp(0).count, jpeg: try jpeg(1).count)
    #expect(throws: CodecError.tooFewBytes(.webp, smallest: smallest.webp, target: smallest.webp - 1)) {
      try webp(100, target: smallest.webp - 1)
    }
    #expect(throws: CodecError.tooFewBytes(.jpeg, smallest: smallest.jpeg, target: 0)) { try jpeg(100, target: 0) }
    #expect(try webp(100, target: smallest.webp) == webp(0))
    #expect(try jpeg(100, target: smallest.jpeg).count == smallest.jpeg)
  }

  @Test func losslessHasNoTarget() {
    let error = CodecError.encodingFailed(.webp, reason: "lossless has no quality that would make fewer bytes")
    for options in [WebP.Options(lossless: true, targetBytes: 9), WebP.Options(nearLossless: 50, targetBytes: 9)] {
      #expect(throws: error) { try WebP.encode(picture(2, 2, .rgb8), options: options) }
    }
  }
}
