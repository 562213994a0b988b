import Codecs
import Foundation
import Raster
import Testing

struct LimitsTests {
  @Test(arguments: ["webp-lossy", "webp-animated-lossy", "png-RGB-8", "jpeg-2x2"].map(Fixtures.named))
  func pictureAtTheLimitPasses(_ fixture: Fixture) throws {
    let pixels = fixture.size.width * fixture.size.height
    let exact = Limits(pixels: pixels, bytes: fixture.file.count)
    #expect(try Codec.decode(fixture.file.span, limits: exact).size == fixture.size)
    #expect(throws: CodecError.tooManyPixels(found: fixture.size, limit: pixels - 1)) {
      _ = try Codec.decode(fixture.file.span, limits: Limits(pixels: pixels - 1))
    }
    #expect(throws: CodecError.tooManyBytes(found: fixture.file.count, limit: fixture.file.count - 1)) {
      _ = try Codec.decode(fixture.file.span, limits: Limits(bytes: fixture.file.count - 1))
    }
  }

  @Test(arguments: [
    ("pixels.png", Size(width: 60_000, height: 60_000)),
    ("sides.png", Size(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF)),
    ("pixels.jpg", Size(width: 65_500, height: 65_500)),
    ("pixels.webp", Size(width: 16_383, height: 16_383)),
    ("canvas.webp", Size(width: 65_000, height: 65_000)),
  ])
  func promisedPixelsAreRefusedBeforeMemoryIsTaken(_ file: String, _ size: Size) throws {
    let bytes = Fixtures.hostile(file)
    #expect(try Codec.header(bytes.span).size == size)
    let before = try addressSpacePeak()
    #expect(throws: CodecError.tooManyPixels(found: size, limit: 100_000_000)) {
      _ = try Codec.decode(bytes.span, limits: Limits())
    }
    // The smallest of these pictures would take 800 MB; the other tests that run meanwhile take less.
    #expect(try addressSpacePeak() - before < 400 << 20)
  }

  @Test func aLimitBeyondAllMemoryDoesNotOverflow() {
    let bytes = Fixtures.hostile("sides.png")
    let size = Size(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF)
    #expect(throws: CodecError.tooManyPixels(found: size, limit: .max)) {
      _ = try PNG.decode(bytes.span, limits: Limits(pixels: .max))
    }
  }

  /// `VmPeak` of proc_pid_status(5), in bytes.
  private func addressSpacePeak() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmPeak:") })
    return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1])) * 1024
  }
}
