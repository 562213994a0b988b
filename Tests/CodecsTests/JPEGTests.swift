import Codecs
import Raster
import Testing

struct JPEGTests {
  @Test(arguments: Fixtures.jpeg)
  func headerSaysWhatDecodeReturns(_ fixture: Fixture) throws {
    let header = try JPEG.header(fixture.file.span)
    // Eight by eight samples of the component that has fewest (ITU-T T.81, A.2).
    let blocks = ["4:2:0": (16, 16), "4:2:2": (16, 8), "4:4:0": (8, 16), "4:1:1": (32, 8)]
    let (width, height) = blocks.first { fixture.coding.contains($0.key) }?.value ?? (8, 8)
    // Sampled as TurboJPEG does not know it.
    let isUnusual = fixture.coding.contains("4:1:0") || fixture.coding.contains("x")
    #expect(
      header
        == ImageHeader(
          format: .jpeg, size: fixture.size, layout: fixture.layout, coding: fixture.coding,
          block: isUnusual ? nil : Size(width: width, height: height)))
  }

  @Test(arguments: Fixtures.jpeg)
  func pixelsEqualThoseOfDjpeg(_ fixture: Fixture) throws {
    let image = try JPEG.decode(fixture.file.span, limits: Limits())
    #expect(image.size == fixture.size)
    #expect(image.layout == fixture.layout)
    #expect(firstDifference(image.samples, fixture.pixels) == nil)
  }

  @Test(arguments: [
    ("ended-early.jpg", CodecError.malformed(.jpeg, reason: "Corrupt JPEG data: premature end of data segment")),
    ("restarts.jpg", .malformed(.jpeg, reason: "Corrupt JPEG data: found marker 0xd5 instead of RST2")),
    ("component.jpg", .malformed(.jpeg, reason: "no scan has component 3")),
    ("scans.jpg", .unsupported(.jpeg, feature: "more than 100 scans")),
    ("two-components.jpg", .unsupported(.jpeg, feature: "2 components")),
    ("sides.jpg", .unsupported(.jpeg, feature: "Maximum supported image dimension is 65500 pixels")),
    ("twelve-bits.jpg", .unsupported(.jpeg, feature: "Unsupported JPEG data precision 12")),
    ("lossless.jpg", .unsupported(.jpeg, feature: "Unsupported JPEG process: SOF type 0xc3")),
  ])
  func inventedPixelsAreAnError(_ file: String, _ expected: CodecError) {
    #expect(throws: expected) { _ = try JPEG.decode(Fixtures.hostile(file).span, limits: Limits()) }
  }
}

struct JPEGScaleTests {
  @Test(arguments: Fixtures.jpeg.filter { !$0.coding.contains("CMYK") && !$0.coding.contains("YCCK") })
  func scaledPixelsEqualThoseOfDjpeg(_ fixture: Fixture) throws {
    for scale in JPEG.Scale.allCases {
      let image = try JPEG.decode(fixture.file.span, limits: Limits(), scale: scale)
      let expected = try TemporaryDirectory.with { directory in
        try Tool.convert(
          fixture.file, named: "in.jpg", in: directory, "djpeg",
          ["-scale", "1/\(scale.rawValue)", "-pnm", "-outfile", "{out}", "{in}"])
      }
      #expect(image.size == scale.size(of: fixture.size))
      #expect(firstDifference(image.netpbm, expected) == nil, "1/\(scale.rawValue)")
    }
  }

  @Test func sidesAreRoundedUp() {
    let sizes = JPEG.Scale.allCases.map { $0.size(of: Size(width: 17, height: 1)) }
    #expect(sizes == [17, 9, 5, 3].map { Size(width: $0, height: 1) })
  }

  @Test(arguments: ["jpeg-cmyk", "jpeg-ycck", "jpeg-cmyk-plain"])
  func inkIsScaledToo(_ name: String) throws {
    let fixture = Fixtures.named(name)
    let image = try JPEG.decode(fixture.file.span, limits: Limits(), scale: .eighth)
    #expect(image.size == JPEG.Scale.eighth.size(of: fixture.size))
    // The mean of a block of 8x8 is what an eighth is made of.
    let mean = { (samples: [UInt8]) in samples.reduce(0) { $0 + Int($1) } / samples.count }
    #expect(abs(mean(image.samples) - mean(fixture.pixels)) < 12)
  }

  @Test func limitsAreForTheWholePicture() {
    let fixture = Fixtures.named("jpeg-2x2")
    let pixels = fixture.size.width * fixture.size.height
    #expect(throws: CodecError.tooManyPixels(found: fixture.size, limit: pixels - 1)) {
      _ = try JPEG.decode(fixture.file.span, limits: Limits(pixels: pixels - 1), scale: .eighth)
    }
  }
}
