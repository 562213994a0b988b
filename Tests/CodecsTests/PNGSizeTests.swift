import Codecs
import Foundation
import Raster
import Testing

struct PNGSizeTests {
  static let cases: [(Pattern, Layout)] =
    [Layout.gray8, .grayAlpha8, .rgb8, .rgba8, Layout(.rgb, .sixteen), Layout(.gray, .sixteen)].flatMap { layout in
      [Pattern.soft, .drawing, .noise, .opaque, .cutOut, .flat].map { ($0, layout) }
    }

  @Test func noPictureIsLargerThanByLibpng() throws {
    try TemporaryDirectory.with { directory in
      var made: [(name: String, count: Int)] = []
      for (index, (pattern, layout)) in Self.cases.enumerated() {
        let image = pattern.draw(256, 200, layout)
        let name = "\(index)"
        let facts = [256, 200, layout.channels.count, layout.depth.rawValue].flatMap { fact in
          (0..<4).map { UInt8(truncatingIfNeeded: fact >> (8 * $0)) }
        }
        try Data(facts + image.samples).write(to: directory.appending(path: "\(name).raw"))
        made.append((name, try PNG.encode(image, options: PNG.Options()).count))
      }
      let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "libpng_sizes.py")
      try Tool.run("/usr/bin/python3", [script.path, directory.path])
      for ((name, count), (pattern, layout)) in zip(made, Self.cases) {
        let libpng = try #require(
          Int(try String(contentsOf: directory.appending(path: "\(name).size"), encoding: .utf8)))
        // Noise is stored by both; zlib's frame around it differs by some bytes.
        #expect(count <= libpng + libpng / 1000 + 12, "\(pattern.name) \(layout)")
      }
    }
  }

  @Test func moreCompressionMakesFewerBytes() throws {
    // Noise that comes back after some rows: the harder a coder looks, the more of it it finds.
    let image = Pattern(name: "texture") { x, y in Pattern.opaque.pixel(x % 61 + y / 9, y % 7) }.draw(256, 256, .rgb8)
    let sizes = try [0, 1, 6, 12].map { try PNG.encode(image, options: PNG.Options(compression: $0)).count }
    #expect(sizes[0] > 256 * 256 * 3)
    #expect(sizes[0] > sizes[1] && sizes[1] > sizes[2] && sizes[2] > sizes[3])
  }
}
