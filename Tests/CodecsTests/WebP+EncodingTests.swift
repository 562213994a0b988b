import Codecs
import Raster
import Testing

struct WebPEncodingTests {
  /// Options and what they are called by cwebp.
  static let lossy: [(WebP.Options, [String])] = [
    (WebP.Options(), ["-q", "80"]),
    (WebP.Options(quality: 0, method: 0), ["-q", "0", "-m", "0"]),
    (WebP.Options(quality: 100, method: 6), ["-q", "100", "-m", "6"]),
    (WebP.Options(quality: 50, sharpYUV: true), ["-q", "50", "-sharp_yuv"]),
  ]

  static let lossless: [(WebP.Options, [String])] = [
    (WebP.Options(quality: 60, method: 3, lossless: true), ["-lossless", "-exact", "-q", "60", "-m", "3"]),
    (WebP.Options(quality: 60, nearLossless: 40), ["-near_lossless", "40", "-q", "60"]),
    (WebP.Options(quality: 60, nearLossless: 100), ["-lossless", "-exact", "-q", "60"]),
  ]

  @Test(arguments: lossy + lossless)
  func bytesEqualThoseOfCwebp(_ options: WebP.Options, _ arguments: [String]) throws {
    let image = picture(117, 83, .rgb8)
    let encoded = try WebP.encode(image, options: options)
    #expect(firstDifference(encoded, try cwebp(image, arguments)) == nil)
  }

  @Test(arguments: lossy + [(WebP.Options(quality: 80, alphaQuality: 20), ["-q", "80", "-alpha_q", "20"])])
  func lossyAlphaEqualsThatOfCwebp(_ options: WebP.Options, _ arguments: [String]) throws {
    let image = picture(117, 83, .rgba8)
    let encoded = try WebP.encode(image, options: options)
    #expect(firstDifference(encoded, try cwebp(image, arguments)) == nil)
  }

  @Test(arguments: [Layout.rgb8, .rgba8])
  func losslessKeepsEverySampleTransparentOnesIncluded(_ layout: Layout) throws {
    let image = picture(61, 47, layout)
    let encoded = try WebP.encode(image, options: WebP.Options(method: 0, lossless: true))
    let decoded = try WebP.decode(encoded.span, limits: Limits())
    #expect(decoded.size == image.size)
    #expect(decoded.layout == layout)
    #expect(firstDifference(decoded.samples, image.samples) == nil)
  }

  @Test func nearLosslessMakesFewerBytes() throws {
    let image = picture(117, 83, .rgba8)
    let exact = try WebP.encode(image, options: WebP.Options(lossless: true))
    let near = try WebP.encode(image, options: WebP.Options(nearLossless: 40))
    #expect(near.count < exact.count * 3 / 4)
  }

  @Test func lossyKeepsAlphaToTheBit() throws {
    let image = picture(61, 47, .rgba8)
    let encoded = try WebP.encode(image, options: WebP.Options(quality: 10))
    let decoded = try WebP.decode(encoded.span, limits: Limits())
    let alpha = { (samples: [UInt8]) in stride(from: 3, to: samples.count, by: 4).map { samples[$0] } }
    #expect(firstDifference(alpha(decoded.samples), alpha(image.samples)) == nil)
  }

  @Test(arguments: [
    WebP.Options(quality: 101), WebP.Options(quality: -1), WebP.Options(method: 7), WebP.Options(method: .max),
    WebP.Options(nearLossless: 101), WebP.Options(alphaQuality: -1),
  ])
  func optionsOutOfRangeAreNotMoved(_ options: WebP.Options) throws {
    let error = #expect(throws: CodecError.self) { try WebP.encode(picture(2, 2, .rgb8), options: options) }
    guard case .encodingFailed(.webp, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.hasPrefix("WebPValidateConfig refuses quality \(options.quality), method \(options.method), "))
  }

  @Test func largestSideIsEncodedOneMoreIsNot() throws {
    let options = WebP.Options(method: 0)
    let encoded = try WebP.encode(picture(16_383, 1, .rgb8), options: options)
    #expect(try WebP.header(encoded.span).size == Size(width: 16_383, height: 1))
    #expect(throws: CodecError.tooLargeToEncode(.webp, found: Size(width: 1, height: 16_384), limit: 16_383)) {
      try WebP.encode(picture(1, 16_384, .rgb8), options: options)
    }
  }

  @Test(arguments: [Layout.gray8, .grayAlpha8, Layout(.rgb, .sixteen)])
  func otherLayoutsAreRefused(_ layout: Layout) {
    let reasons = [
      Layout.gray8: "it takes RGB or RGBA of 8 bits, not gray of 8 bits",
      .grayAlpha8: "it takes RGB or RGBA of 8 bits, not gray with alpha of 8 bits",
      Layout(.rgb, .sixteen): "it takes RGB or RGBA of 8 bits, not RGB of 16 bits",
    ]
    #expect(throws: CodecError.encodingFailed(.webp, reason: reasons[layout] ?? "")) {
      try WebP.encode(picture(2, 2, layout), options: WebP.Options())
    }
  }

  private func cwebp(_ image: borrowing Image, _ arguments: [String]) throws -> [UInt8] {
    let png = try PNG.encode(image, options: PNG.Options(compression: 1))
    return try TemporaryDirectory.with { directory in
      try Tool.convert(png, named: "in.png", in: directory, "cwebp", ["-quiet", "{in}", "-o", "{out}"] + arguments)
    }
  }
}
