import Codecs
import Raster

/// Decoding and encoding of a 1024x1024 photograph by Darkroom's codecs, each beside the bare C library on the same
/// bytes.
enum CodecsBenchmark {
  static func comparisons() throws -> [Comparison] {
    let size = Size(width: 1024, height: 1024)
    let opaque = Photograph.draw(size, .rgb8)
    let alpha = Photograph.draw(size, .rgba8)
    return try decoders(opaque, alpha) + encoders(opaque, alpha)
  }

  private static func decoders(_ opaque: borrowing Image, _ alpha: borrowing Image) throws -> [Comparison] {
    let lossy = try WebP.encode(opaque, options: WebP.Options())
    let lossyAlpha = try WebP.encode(alpha, options: WebP.Options())
    let lossless = try WebP.encode(opaque, options: WebP.Options(method: 2, lossless: true))
    let jpeg = try JPEG.encode(opaque, options: JPEG.Options())
    let progressive = try JPEG.encode(opaque, options: JPEG.Options(progressive: true))
    return [
      decoding("WebP decode, lossy", lossy) { Bare.decodeWebP($0) },
      decoding("WebP decode, lossy with alpha", lossyAlpha) { Bare.decodeWebP($0, alpha: true) },
      decoding("WebP decode, lossless", lossless) { Bare.decodeWebP($0) },
      decoding("JPEG decode, baseline 4:2:0", jpeg) { Bare.decodeJPEG($0) },
      decoding("JPEG decode, progressive", progressive) { Bare.decodeJPEG($0) },
    ]
  }

  private static func decoding(
    _ name: String, _ file: [UInt8], bare: @escaping (Span<UInt8>) -> Int
  ) -> Comparison {
    Comparison(
      name: name,
      wrapped: {
        let image = try Codec.decode(file.span, limits: Limits())
        return image.rowBytes * image.size.height
      },
      bare: { bare(file.span) })
  }

  private static func encoders(_ opaque: borrowing Image, _ alpha: borrowing Image) -> [Comparison] {
    var comparisons: [Comparison] = []
    for method in [0, 2, 4] {
      comparisons.append(
        encoding("WebP encode, q80 method \(method)", opaque) { image in
          try WebP.encode(image, options: WebP.Options(method: method))
        } bare: {
          Bare.encodeWebP($0, $1, method: Int32(method))
        })
    }
    comparisons.append(
      encoding("WebP encode, q80 with alpha", alpha) { image in
        try WebP.encode(image, options: WebP.Options())
      } bare: {
        Bare.encodeWebP($0, $1, alpha: true, method: 4)
      })
    comparisons.append(
      encoding("WebP encode, lossless q20 method 0", opaque) { image in
        try WebP.encode(image, options: WebP.Options(quality: 20, method: 0, lossless: true))
      } bare: {
        Bare.encodeWebP($0, $1, quality: 20, method: 0, lossless: true)
      })
    for progressive in [false, true] {
      comparisons.append(
        encoding("JPEG encode, q85\(progressive ? " progressive" : "")", opaque) { image in
          try JPEG.encode(image, options: JPEG.Options(progressive: progressive))
        } bare: {
          Bare.encodeJPEG($0, $1, progressive: progressive)
        })
    }
    return comparisons
  }

  /// PNG is read by Darkroom's own reader: beside libpng, on files by Darkroom's own writer.
  static func readers() throws -> [Comparison] {
    let photograph = Photograph.draw(Size(width: 1024, height: 1024), .rgb8)
    return [
      try reading("PNG decode 1024x1024 RGB", photograph),
      try reading("PNG decode 3840x2160 RGB", Photograph.draw(Size(width: 3840, height: 2160), .rgb8)),
      try reading("PNG decode 2048x1536 RGBA", Photograph.draw(Size(width: 2048, height: 1536), .rgba8)),
      // 64 colours at most: a palette.
      try reading("PNG decode 1024x1024 palette", made(of: photograph, .rgb8) { [$0 & 0xC0] }),
      try reading(
        "PNG decode 1024x1024 RGB, 16 bits", made(of: photograph, Layout(.rgb, .sixteen)) { [$0 &* 37, $0] }),
    ]
  }

  private static func reading(_ name: String, _ image: borrowing Image) throws -> Comparison {
    decoding(name, try PNG.encode(image, options: PNG.Options())) { Bare.decodePNG($0) }
  }

  /// Another picture of the same size, of other bytes for each sample.
  private static func made(of image: borrowing Image, _ layout: Layout, _ bytes: (UInt8) -> [UInt8]) -> Image {
    let pixels = image.withPixels { span in span.indices.flatMap { bytes(span[$0]) } }
    return Image(size: image.size, layout: layout, pixels: pixels)
  }

  /// PNG is written by Darkroom's own writer: beside libpng with all filters, which must not make fewer bytes.
  static func writers() -> [Comparison] {
    let photograph = Photograph.draw(Size(width: 1024, height: 1024), .rgb8)
    let large = Photograph.draw(Size(width: 2048, height: 1536), .rgba8)
    return [1, 6, 9].map { writing("PNG encode 1024x1024 RGB, level \($0)", photograph, level: $0) }
      + [writing("PNG encode 2048x1536 RGBA, level 6", large, level: 6)]
  }

  private static func writing(_ name: String, _ image: borrowing Image, level: Int) -> Comparison {
    let hasAlpha = image.layout.hasAlpha
    var comparison = encoding(name, image) { image in
      try PNG.encode(image, options: PNG.Options(compression: level))
    } bare: {
      Bare.encodePNG($0, $1, alpha: hasAlpha, level: Int32(level))
    }
    comparison.agreement = .noLarger
    return comparison
  }

  private static func encoding(
    _ name: String, _ image: borrowing Image, _ wrapped: @escaping (borrowing Image) throws -> [UInt8],
    bare: @escaping (Span<UInt8>, Size) -> Int
  ) -> Comparison {
    let (size, layout) = (image.size, image.layout)
    // An escaping closure cannot borrow the picture: both sides get the same pixels in their own memory.
    let pixels = image.withPixels { span in span.indices.map { span[$0] } }
    let picture = Image(size: size, layout: layout, pixels: pixels)
    return Comparison(
      name: name,
      wrapped: { try wrapped(picture).count },
      bare: { bare(pixels.span, size) })
  }
}
