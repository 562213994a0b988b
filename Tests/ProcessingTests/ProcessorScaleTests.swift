import Codecs
import Glibc
import Metadata
import Processing
import Raster
import Testing

/// Small outputs of a JPEG are made of a smaller picture, and look the same.
@Suite struct ProcessorScaleTests {
  /// Grain, edges in all directions and fine patterns.
  private static func patterns(_ width: Int, _ height: Int, _ orientation: Orientation = .upright) throws -> [UInt8] {
    var state: UInt64 = 7
    var bytes: [UInt8] = []
    bytes.reserveCapacity(width * height * 3)
    for y in 0..<height {
      for x in 0..<width {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let grain = Int(state >> 60) - 8
        let wave = (x * x + y * y) / 220 % 96
        let edge = (x / 37 + y / 23) % 2 * 70 + ((x - y) / 51 % 3) * 20
        let light = 40 + (wave > 48 ? 96 - wave : wave) + edge + grain
        bytes += [UInt8(clamping: light), UInt8(clamping: light * 3 / 4 + 20), UInt8(clamping: 220 - light)]
      }
    }
    let picture = Image(size: Size(width: width, height: height), layout: .rgb8, pixels: bytes)
    let file = try JPEG.encode(picture, options: JPEG.Options(quality: 92))
    return try Container.rewrite(file.span, with: MetadataBlocks(exif: Originals.exif(orientation)))
  }

  private func plan(_ original: [UInt8], _ outputs: [OutputRecipe], _ verification: Verification = .init()) throws
    -> Plan
  {
    let report = try Processor.examine(original.span)
    let recipe = Recipe(verification: verification, outputs: outputs)
    return try Processor.plan(recipe, for: report, original: OriginalFacts(), job: .test())
  }

  // MARK: What is decided

  @Test func theSmallestPictureIsDecodedThatAllOutputsAllow() throws {
    let original = try Originals.original(.jpeg, 1400, 700)
    func scale(_ outputs: OutputRecipe...) throws -> JPEG.Scale { try plan(original, outputs).scale }
    func output(_ width: Int, filter: Filter = .lanczos3) throws -> OutputRecipe {
      try .test("{name}-{width}.webp", .webp, resize: Resize(width: width, filter: filter))
    }
    // 1400 / 1.75 is 800, of which a half, a quarter and an eighth.
    #expect(try scale(output(401)) == .full)
    #expect(try scale(output(400)) == .half)
    #expect(try scale(output(201)) == .half)
    #expect(try scale(output(200)) == .quarter)
    #expect(try scale(output(101)) == .quarter)
    #expect(try scale(output(100)) == .eighth)
    #expect(try scale(output(10)) == .eighth)
    #expect(try scale(output(100), output(400), output(200)) == .half)
    #expect(try scale(output(100), output(1000)) == .full)
    #expect(try scale(output(100), .test("a.webp", .webp)) == .full)
    #expect(try scale(output(100), .test("a.jpg", .jpeg)) == .eighth)
    // Old samples, unchanged.
    #expect(try scale(output(100, filter: .nearest)) == .full)
    // The narrower side of a cut is as large as ever.
    #expect(try scale(.test("a.webp", .webp, resize: Resize(width: 100, height: 100, fit: .cover))) == .quarter)
    #expect(try scale(.test("a.webp", .webp, resize: Resize(width: 100, height: 600, fit: .fill))) == .full)
  }

  @Test func otherFormatsAndAFullReadBackOfKeptPixelsAreDecodedWhole() throws {
    let small = try OutputRecipe.test("a.webp", .webp, resize: Resize(width: 4))
    for format in [ImageFormat.png, .webp] {
      #expect(try plan(try Originals.original(format, 200, 100), [small]).scale == .full)
    }
    let jpeg = try Originals.original(.jpeg, 200, 100)
    let kept = try OutputRecipe.test("b.jpg", .jpeg)
    #expect(try plan(jpeg, [small, kept], Verification(readBack: .full)).scale == .full)
    #expect(try plan(jpeg, [small, kept], Verification(readBack: .structure)).scale == .eighth)
  }

  @Test func whatIsLeftAfterAnInterruptionIsMadeOfTheSamePixels() throws {
    let original = try Originals.original(.jpeg, 400, 300)
    let plan = try plan(
      original,
      [
        .test("a.png", .png, resize: Resize(width: 100)), .test("b.png", .png, resize: Resize(width: 20)),
      ])
    #expect(plan.scale == .half && plan.remaining(after: 1).scale == .half)
    func made(_ plan: Plan) throws -> [[UInt8]] {
      var made: [[UInt8]] = []
      try Processor.run(plan, original: original.span) { output throws(Never) in made.append(output.bytes) }
      return made
    }
    #expect(try made(plan.remaining(after: 1)) == Array(made(plan).dropFirst()))
  }

  @Test func aPictureThatIsBlankOnlyWhenItIsSmallIsNotRefused() throws {
    // In turns lighter and darker: the mean of every block is the same.
    let pixels = (0..<64 * 64).map { UInt8(($0 + $0 / 64) % 2 == 0 ? 100 : 156) }
    let picture = Image(size: Size(width: 64, height: 64), layout: .gray8, pixels: pixels)
    let original = try JPEG.encode(picture, options: JPEG.Options(quality: 100))
    #expect(try JPEG.decode(original.span, limits: Limits(), scale: .eighth).isUniform)
    let small = Recipe(outputs: [try .test("a.png", .png, resize: Resize(width: 4))])
    #expect(try process(original, small).plan.scale == .eighth)
    let blank = try JPEG.encode(Image(size: picture.size, layout: .gray8), options: JPEG.Options())
    #expect(throws: ProcessingError.flaw(.blank)) { try process(blank, small) }
  }

  // MARK: What comes of it

  /// 1024x768 of what photographs have in common: amplitudes that fall as one by the frequency (Field 1987), and some
  /// grain; drawn by NumPy, written by Pillow.
  private static func landscape(quality: Int) throws -> [UInt8] {
    try python(
      """
      import io, sys
      import numpy as np
      from PIL import Image
      random, (height, width) = np.random.default_rng(5), (768, 1024)
      frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
      frequency[0, 0] = 1
      def field():
          waves = random.normal(size=frequency.shape) + 1j * random.normal(size=frequency.shape)
          found = np.fft.irfft2(waves / frequency, (height, width))
          return (found - found.mean()) / found.std()
      light = field()
      planes = [128 + 45 * light + 15 * field() + 3 * random.normal(size=(height, width)) for _ in range(3)]
      file = io.BytesIO()
      Image.fromarray(np.clip(np.stack(planes, 2), 0, 255).astype(np.uint8)).save(file, "JPEG", quality=\(quality))
      sys.stdout.buffer.write(file.getvalue())
      """)
  }

  /// The bounds that ``DecodingScale`` names.
  @Test(arguments: [75, 92], [JPEG.Scale.half, .quarter, .eighth])
  func ofAPhotographItLooksTheSame(_ quality: Int, _ scale: JPEG.Scale) throws {
    let original = try Self.landscape(quality: quality)
    let resize = Resize(width: 576 / scale.rawValue)
    let (plan, outputs) = try process(original, Recipe(outputs: [.test("a.png", .png, resize: resize)]))
    #expect(plan.scale == scale)
    let whole = try decoded(original)
    let expected = try whole.resized(resize.geometry(for: whole.size), background: nil)
    let found = try decoded(outputs[0].bytes)
    let (noise, likeness) = (found.signalToNoise(expected), found.likeness(expected))
    #expect(noise >= 41.3 && likeness >= 0.9938, "\(noise) dB, SSIM \(likeness)")
  }

  /// Sizes that no block divides, in every orientation: a part that lay elsewhere by a pixel would show. The picture is
  /// harder than photographs are, all edges and noise, and is made as small as 28 pixels.
  @Test(arguments: Orientation.allCases, [JPEG.Scale.half, .quarter, .eighth])
  func everyPartLiesWhereItLiesInAllPixels(_ orientation: Orientation, _ scale: JPEG.Scale) throws {
    let original = try Self.patterns(403, 299, orientation)
    let displayed = orientation.displayed(Size(width: 403, height: 299))
    let width = Int((Double(displayed.width) / 1.75 / Double(scale.rawValue)).rounded(.down))
    let resizes = [
      Resize(width: width), Resize(width: width, height: width / 2, fit: .cover, position: .topLeft),
      Resize(width: width, height: width / 2, fit: .cover, position: .bottomRight),
    ]
    for (index, resize) in resizes.enumerated() {
      let (plan, outputs) = try process(
        original, Recipe(outputs: [try .test("\(index).png", .png, resize: resize)]))
      #expect(plan.scale == scale)
      let whole = try decoded(original).oriented(by: orientation)
      let expected = try whole.resized(resize.geometry(for: whole.size), background: nil)
      let found = try decoded(outputs[0].bytes)
      #expect(found.size == expected.size)
      let (noise, likeness) = (found.signalToNoise(expected), found.likeness(expected))
      #expect(noise >= 32 && likeness >= 0.98, "\(index) of \(resize): \(noise) dB, SSIM \(likeness)")
    }
  }
}

extension Image {
  /// PSNR in decibels.
  fileprivate borrowing func signalToNoise(_ other: borrowing Image) -> Double {
    let (a, b) = (bytes, other.bytes)
    let sum = zip(a, b).reduce(0.0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
    return sum == 0 ? .infinity : 10 * log10(255 * 255 * Double(a.count) / sum)
  }

  /// SSIM (Wang et al. 2004) of the first channel, in windows of 7x7 with a uniform weight.
  fileprivate borrowing func likeness(_ other: borrowing Image) -> Double {
    let (a, b, count) = (bytes.map(Double.init), other.bytes.map(Double.init), layout.channels.count)
    let (c1, c2) = (0.01 * 255 * 0.01 * 255, 0.03 * 255 * 0.03 * 255)
    var (total, windows) = (0.0, 0.0)
    for top in stride(from: 0, through: size.height - 7, by: 2) {
      for left in stride(from: 0, through: size.width - 7, by: 2) {
        var (sa, sb, saa, sbb, sab) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for y in top..<top + 7 {
          for x in left..<left + 7 {
            let (p, q) = (a[(y * size.width + x) * count], b[(y * size.width + x) * count])
            (sa, sb, saa, sbb, sab) = (sa + p, sb + q, saa + p * p, sbb + q * q, sab + p * q)
          }
        }
        let (ma, mb) = (sa / 49, sb / 49)
        let (va, vb, cov) = (saa / 49 - ma * ma, sbb / 49 - mb * mb, sab / 49 - ma * mb)
        total += (2 * ma * mb + c1) * (2 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))
        windows += 1
      }
    }
    return windows == 0 ? 1 : total / windows
  }
}
