import Codecs
import Metadata
import Raster
import Testing

@testable import Processing

@Suite struct InputFitTests {
  // MARK: The check

  @Test(
    arguments: [
      (256, 256, 999, nil), (255, 257, 999, .tooFewPixels(found: Size(width: 255, height: 257), minimum: 65536)),
      (300, 300, 999, nil), (301, 300, 999, .tooManyPixels(found: Size(width: 301, height: 300), limit: 90000)),
      (300, 300, 1000, .tooManyBytes(found: 1000, limit: 1000)),
      (255, 257, 1000, .tooFewPixels(found: Size(width: 255, height: 257), minimum: 65536)),
      (301, 300, 1000, .tooManyPixels(found: Size(width: 301, height: 300), limit: 90000)),
    ] as [(Int, Int, Int, InputMisfit?)])
  func theFirstBrokenBoundIsNamed(_ width: Int, _ height: Int, _ bytes: Int, _ misfit: InputMisfit?) {
    let bounds = InputBounds(pixels: 65536...90000, bytes: 1000)
    let header = ImageHeader(
      format: .png, size: Size(width: width, height: height), layout: .rgb8, coding: "RGB")
    #expect(bounds.misfit(of: header, bytes: bytes) == misfit)
  }

  @Test func withoutAPixelBoundOnlyBytesCount() {
    let header = ImageHeader(format: .png, size: Size(width: 1, height: 1), layout: .rgb8, coding: "RGB")
    #expect(InputBounds(bytes: 10).misfit(of: header, bytes: 9) == nil)
    #expect(InputBounds(bytes: 10).misfit(of: header, bytes: 10) == .tooManyBytes(found: 10, limit: 10))
  }

  @Test func aMisfitNamesTheLimitAndWhatWasFound() {
    let size = Size(width: 8000, height: 6000)
    #expect(
      "\(InputMisfit.tooManyPixels(found: size, limit: 33_177_600))"
        == "the image is 8000x6000, 48000000 pixels in all, and the API's limit is 33177600 pixels")
    #expect(
      "\(InputMisfit.tooManyBytes(found: 30_000_000, limit: 26_214_400))"
        == "the image has 30000000 bytes, and the API takes fewer than 26214400")
  }

  // MARK: Sizes

  @Test(arguments: [
    ("8000x6000", 33_177_600, "6651x4988"), ("6000x8000", 33_177_600, "4988x6651"), ("100x100", 10_000, "100x100"),
    ("100x100", 9_999, "99x99"), ("100000x1", 500, "500x1"), ("1x100000", 500, "1x500"), ("100000x3", 5, "5x1"),
    ("7x5", 1, "1x1"), ("16384x4096", 33_177_600, "11520x2880"),
  ])
  func theLargestSizeOfTheSameShapeIsTaken(_ source: String, _ pixels: Int, _ expected: String) throws {
    #expect(InputFit.size(of: try #require(Size(source)), pixels: pixels).description == expected)
  }

  /// By trying every longer side, where the shorter one follows from the shape.
  @Test func noLargerSizeOfTheSameShapeWouldFit() {
    for (width, height) in [(64, 48), (48, 64), (97, 13), (50, 50), (1, 80), (79, 3)] {
      let longer = max(width, height)
      for pixels in stride(from: 1, through: width * height, by: 7) {
        let best = (1...longer).last { side in
          let other = max(1, Int((Double(side) * Double(min(width, height)) / Double(longer)).rounded()))
          return side * other <= pixels
        }
        let size = InputFit.size(of: Size(width: width, height: height), pixels: pixels)
        #expect(max(size.width, size.height) == best, "\(width)x\(height) in \(pixels)")
        #expect(size.width * size.height <= pixels)
      }
    }
  }

  // MARK: Pixels

  @Test(arguments: ImageFormat.allCases)
  func whatFitsIsLeftAlone(_ format: ImageFormat) throws {
    let input = try Originals.original(format, 64, 48)
    let bounds = InputBounds(pixels: 3072...3072, bytes: input.count + 1)
    #expect(try Processor.fitted(input.span, to: bounds) == nil)
  }

  @Test func tooFewPixelsAreAnErrorThatNamesTheMinimum() throws {
    let input = try Originals.original(.png, 64, 48)
    #expect(throws: ProcessingError.input(.tooFewPixels(found: Size(width: 64, height: 48), minimum: 65536))) {
      try Processor.fitted(input.span, to: InputBounds(pixels: 65536...90000, bytes: 1))
    }
    #expect(
      ProcessingError.input(.tooFewPixels(found: Size(width: 64, height: 48), minimum: 65536)).description
        == "the image is 64x48, 3072 pixels in all, and the API takes no fewer than 65536; enlarging it would invent "
        + "pixels, so send a larger one")
  }

  @Test(arguments: ImageFormat.allCases)
  func tooManyPixelsAreScaledDownInTheSameFormat(_ format: ImageFormat) throws {
    let input = try Originals.original(format, 400, 300)
    let fitted = try #require(try Processor.fitted(input.span, to: InputBounds(pixels: 100...50_000, bytes: 1 << 20)))
    #expect(fitted.format == format)
    #expect(fitted.size == Size(width: 257, height: 193))
    #expect(fitted.change == "scaled from 400x300 to 257x193 to fit the API's limit of 50000 pixels")
    // Pillow finds the format and the size, decodes every pixel, and its own Lanczos comes to nearly the same picture.
    let report = try pillow(fitted.bytes, original: input)
    #expect(report.format == format.rawValue.uppercased())
    #expect(report.size == fitted.size.description)
    #expect(report.meanDifference < (format == .png ? 0.6 : 4))
  }

  @Test(arguments: Orientation.allCases)
  func orientationIsAppliedAndAskedForNoMore(_ orientation: Orientation) throws {
    let input = try Originals.original(.png, 60, 40, with: MetadataBlocks(exif: Originals.exif(orientation)))
    let fitted = try #require(try Processor.fitted(input.span, to: InputBounds(pixels: 1...600, bytes: 1 << 20)))
    let size = orientation.swapsSides ? Size(width: 20, height: 30) : Size(width: 30, height: 20)
    #expect(fitted.size == size)
    #expect(try header(of: fitted.bytes).size == size)
    #expect(try metadata(of: fitted.bytes).exif == nil)
    let expected = try Originals.picture(60, 40).oriented(by: orientation).resized(
      Resize(width: size.width).geometry(for: orientation.displayed(Size(width: 60, height: 40))), background: nil)
    #expect(try decoded(fitted.bytes).bytes == expected.bytes)
  }

  @Test(arguments: ImageFormat.allCases)
  func theProfileStaysAndNothingPrivateIsSent(_ format: ImageFormat) throws {
    let secrets = MetadataBlocks(
      exif: try Exif.build(ExifFields(size: Size(width: 100, height: 50), artist: "Nobody's business")),
      xmp: XMP.packet(XMPFields(rights: "secret words")),
      icc: Originals.profile("Wide"))
    let input = try Originals.original(format, 100, 50, with: secrets)
    let fitted = try #require(try Processor.fitted(input.span, to: InputBounds(pixels: 1...1250, bytes: 1 << 20)))
    #expect(fitted.size == Size(width: 50, height: 25))
    let blocks = try metadata(of: fitted.bytes)
    #expect(blocks.icc == Originals.profile("Wide"))
    #expect(blocks.exif == nil && blocks.xmp == nil && blocks.iptc == nil && blocks.texts.isEmpty)
    let text = String(decoding: fitted.bytes, as: UTF8.self)
    #expect(!text.contains("Nobody") && !text.contains("secret"))
    _ = try pillow(fitted.bytes, original: input)
  }

  @Test func aProfileForOtherChannelsIsLeftOutAndSaid() throws {
    let input = try Originals.original(
      .jpeg, 100, 50, with: MetadataBlocks(icc: Originals.profile("Press", space: "CMYK")))
    let fitted = try #require(try Processor.fitted(input.span, to: InputBounds(pixels: 1...1250, bytes: 1 << 20)))
    #expect(try metadata(of: fitted.bytes).icc == nil)
    #expect(
      fitted.change
        == "scaled from 100x50 to 50x25, stripped of a colour profile for other channels to fit the API's limit of "
        + "1250 pixels")
  }

  // MARK: Bytes

  @Test func aLosslessPictureStaysLosslessWhenThatFits() throws {
    for layout in [Layout.rgb8, .rgba8, .gray8, .grayAlpha8, Layout(.rgb, .sixteen)] {
      let picture = Originals.picture(120, 80, layout)
      let input = try PNG.encode(picture, options: PNG.Options(compression: 0))
      let best = try PNG.encode(picture, options: PNG.Options())
      let fitted = try #require(try Processor.fitted(input.span, to: InputBounds(bytes: best.count + 1)))
      #expect(fitted.bytes == best)
      #expect(fitted.change == "encoded again as png to fit the API's limit of \(best.count + 1) bytes")
      #expect(try decoded(fitted.bytes).equals(picture))
    }
  }

  @Test func aLosslessWebPStaysLosslessWhenThatFitsAndWebPElse() throws {
    let picture = noise(120, 80)
    let best = try WebP.encode(picture, options: WebP.Options(lossless: true))
    // What the encoder makes with less effort is larger.
    let input = try WebP.encode(picture, options: WebP.Options(quality: 0, method: 0, lossless: true))
    try #require(input.count > best.count)
    let same = try #require(try Processor.fitted(input.span, to: InputBounds(bytes: best.count + 1)))
    #expect(same.bytes == best)
    #expect(same.change == "encoded again as lossless webp to fit the API's limit of \(best.count + 1) bytes")
    let lossy = try #require(try Processor.fitted(input.span, to: InputBounds(bytes: best.count)))
    #expect(try lossy.bytes == WebP.encode(picture, options: WebP.Options(quality: 90)))
    #expect(lossy.change == "encoded again as webp with quality 90 to fit the API's limit of \(best.count) bytes")
  }

  @Test func anOpaquePNGBecomesJPEGEvenWithAnAlphaChannel() throws {
    for layout in [Layout.rgb8, .gray8, Layout(.rgb, .sixteen), Layout(.gray, .sixteen)] {
      let picture = noise(120, 80, layout)
      let opaque = picture.converted(to: Layout(layout.channels.isGray ? .grayAlpha : .rgba, layout.depth))
      let plain = picture.converted(to: layout.channels.isGray ? .gray8 : .rgb8)
      let expected = try JPEG.encode(plain, options: JPEG.Options(quality: 90))
      for input in [
        try PNG.encode(picture, options: PNG.Options()), try PNG.encode(opaque, options: PNG.Options()),
      ] {
        let fitted = try #require(try Processor.fitted(input.span, to: InputBounds(bytes: expected.count + 1)))
        #expect(fitted.format == .jpeg)
        #expect(fitted.bytes == expected)
      }
    }
  }

  @Test func aTransparentPNGBecomesWebPAndStaysTransparent() throws {
    for layout in [Layout.rgba8, .grayAlpha8, Layout(.rgba, .sixteen)] {
      let picture = noise(120, 80, layout)
      let input = try PNG.encode(picture, options: PNG.Options())
      let rgba = picture.converted(to: .rgba8)
      let expected = try WebP.encode(rgba, options: WebP.Options(quality: 90))
      let fitted = try #require(try Processor.fitted(input.span, to: InputBounds(bytes: expected.count + 1)))
      #expect(fitted.format == .webp)
      #expect(fitted.bytes == expected)
      let alpha = { (bytes: [UInt8]) in stride(from: 3, to: bytes.count, by: 4).map { bytes[$0] } }
      #expect(try alpha(decoded(fitted.bytes).bytes) == alpha(rgba.bytes))
      #expect(try pillow(fitted.bytes, original: input).mode == "RGBA")
    }
  }

  @Test(arguments: [90, 80, 70])
  func qualityGoesInSteps(_ quality: Int) throws {
    let picture = noise(120, 80)
    let input = try JPEG.encode(picture, options: JPEG.Options(quality: 100))
    let expected = try JPEG.encode(picture.decodedFrom(input), options: JPEG.Options(quality: quality))
    let fitted = try #require(try Processor.fitted(input.span, to: InputBounds(bytes: expected.count + 1)))
    #expect(fitted.bytes == expected)
    #expect(
      fitted.change
        == "encoded again as jpeg with quality \(quality) to fit the API's limit of \(expected.count + 1) bytes")
    let webp = try WebP.encode(picture, options: WebP.Options(quality: 100))
    let step = try WebP.encode(picture.decodedFrom(webp), options: WebP.Options(quality: quality))
    let again = try #require(try Processor.fitted(webp.span, to: InputBounds(bytes: step.count + 1)))
    #expect(again.bytes == step)
  }

  @Test(arguments: ImageFormat.allCases)
  func sizeGoesLastAndEqualInputGivesEqualOutput(_ format: ImageFormat) throws {
    let input = try Originals.encoded(noise(240, 160), as: format)
    let bounds = InputBounds(pixels: 1000...50_000, bytes: 4_000)
    let fitted = try #require(try Processor.fitted(input.span, to: bounds))
    #expect(fitted.bytes.count < 4_000)
    #expect(fitted.size.width < 240)
    #expect(fitted.size.width * fitted.size.height >= 1000)
    #expect(abs(fitted.size.width * 160 - fitted.size.height * 240) <= 240)
    #expect(try Processor.fitted(input.span, to: bounds) == fitted)
    let encoding = format == .webp ? "webp" : "jpeg"
    #expect(
      fitted.change
        == "scaled from 240x160 to \(fitted.size), encoded again as \(encoding) with quality 70 to fit the API's "
        + "limit of 4000 bytes")
    #expect(try pillow(fitted.bytes, original: input).size == fitted.size.description)
  }

  @Test func tooManyPixelsAndThenTooManyBytesNameBothLimits() throws {
    let input = try Originals.encoded(noise(240, 160), as: .png)
    let fitted = try #require(
      try Processor.fitted(input.span, to: InputBounds(pixels: 1...24_000, bytes: 26_000)))
    #expect(fitted.size == InputFit.size(of: Size(width: 240, height: 160), pixels: 24_000))
    #expect(
      fitted.change
        == "scaled from 240x160 to \(fitted.size), encoded again as jpeg with quality 90 to fit the API's limit of "
        + "24000 pixels and 26000 bytes")
  }

  /// Black and white shrinks to greys, which take more bytes.
  @Test func bytesThatOnlyTheScalingBroughtAreNamed() throws {
    let bits = noise(240, 160, .gray8).bytes.map { $0 < 128 ? UInt8(0) : 255 }
    let picture = Image(size: Size(width: 240, height: 160), layout: .gray8, pixels: bits)
    let input = try Originals.encoded(picture, as: .png)
    try #require(input.count < 8_500)
    let fitted = try #require(try Processor.fitted(input.span, to: InputBounds(pixels: 1...9_600, bytes: 8_500)))
    #expect(
      fitted.change
        == "scaled from 240x160 to 120x80, encoded again as jpeg with quality 90 to fit the API's limit of 9600 pixels "
        + "and 8500 bytes")
  }

  @Test func aPictureIsNotScaledBelowTheLeastPixels() throws {
    let input = try Originals.encoded(noise(240, 160), as: .jpeg)
    let smallest = try JPEG.encode(noise(240, 160).decodedFrom(input), options: JPEG.Options(quality: 70))
    #expect(
      throws: ProcessingError.input(
        .stillTooManyBytes(size: Size(width: 240, height: 160), found: smallest.count, limit: 4_000))
    ) {
      try Processor.fitted(input.span, to: InputBounds(pixels: 38_000...50_000, bytes: 4_000))
    }
  }

  @Test func bytesThatNoPictureHasAreGivenUp() throws {
    let input = try Originals.encoded(noise(240, 160), as: .webp)
    #expect {
      try Processor.fitted(input.span, to: InputBounds(bytes: 20))
    } throws: { error in
      guard case .input(.stillTooManyBytes(_, _, limit: 20))? = error as? ProcessingError else { return false }
      return true
    }
  }

  @Test func aSideThatTheNewFormatDoesNotHoldIsShortened() throws {
    // libwebp's WEBP_MAX_DIMENSION is 16383.
    let input = try Originals.encoded(noise(20_000, 4, .rgba8), as: .png)
    let fitted = try #require(try Processor.fitted(input.span, to: InputBounds(bytes: input.count)))
    #expect(fitted.format == .webp)
    #expect(fitted.size == Size(width: 16_383, height: 3))
    #expect(fitted.bytes.count < input.count)
  }

  @Test func ofAnAnimationTheFirstFrameStays() throws {
    let input = try python(
      """
      import io, sys
      from PIL import Image
      frames = [Image.new("RGB", (64, 48), color) for color in ("red", "blue")]
      file = io.BytesIO()
      frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
      sys.stdout.buffer.write(file.getvalue())
      """)
    try #require(try header(of: input).isAnimated)
    let fitted = try #require(try Processor.fitted(input.span, to: InputBounds(pixels: 1...768, bytes: 1 << 20)))
    #expect(
      fitted.change
        == "reduced to its first frame, scaled from 64x48 to 32x24 to fit the API's limit of 768 pixels")
    let pixels = try decoded(fitted.bytes).bytes
    #expect(pixels[0] > 240 && pixels[1] < 15 && pixels[2] < 15)
    #expect(try !header(of: fitted.bytes).isAnimated)
  }

  // MARK: What cannot be used

  @Test func aCutPictureIsRefused() throws {
    let whole = try Originals.encoded(noise(240, 160), as: .jpeg)
    let input = Array(whole.prefix(whole.count / 2))
    #expect(throws: ProcessingError.input(.unreadable(.truncated(.jpeg)))) {
      try Processor.fitted(input.span, to: InputBounds(pixels: 1...1000, bytes: 1 << 20))
    }
  }

  @Test func theLimitsHoldBeforeAnythingIsDecoded() throws {
    let input = try Originals.encoded(noise(240, 160), as: .jpeg)
    let size = Size(width: 240, height: 160)
    #expect(throws: ProcessingError.input(.unreadable(.tooManyPixels(found: size, limit: 38_399)))) {
      try Processor.fitted(
        input.span, to: InputBounds(pixels: 1...1000, bytes: 1 << 20), limits: Limits(pixels: 38_399))
    }
    #expect(throws: ProcessingError.input(.unreadable(.tooManyBytes(found: input.count, limit: 100)))) {
      try Processor.fitted(input.span, to: InputBounds(bytes: 1000), limits: Limits(bytes: 100))
    }
  }

  @Test func whatIsNoPictureIsRefused() {
    let input = Array("GIF89a".utf8)
    #expect(throws: ProcessingError.input(.unreadable(.notAnImage(beginning: input)))) {
      try Processor.fitted(input.span, to: InputBounds(bytes: 1000))
    }
  }
}

// MARK: Pictures

/// Every sample drawn by a linear congruential generator (Knuth's MMIX constants): nothing compresses it.
private func noise(_ width: Int, _ height: Int, _ layout: Layout = .rgb8) -> Image {
  var state: UInt64 = 42
  let samples = (0..<width * height * layout.bytesPerPixel).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 56)
  }
  return Image(size: Size(width: width, height: height), layout: layout, pixels: samples)
}

extension Image {
  /// What is left of the picture after it was encoded.
  fileprivate borrowing func decodedFrom(_ encoded: [UInt8]) throws -> Image { try decoded(encoded) }
}
