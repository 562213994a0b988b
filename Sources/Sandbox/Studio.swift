import Codecs
import Raster

/// Makes the pictures of an order. A pure function: the same order gives the same bytes.
enum Studio {
  /// What a directive changes about the picture.
  struct Flaws: Equatable, Sendable {
    var isBlurred = false
    var isBlack = false
  }

  /// The encoded pictures, one for each variant.
  ///
  /// - Throws: a 400 for an input picture that cannot be decoded.
  static func pictures(_ order: Order, flaws: Flaws) throws(Refusal) -> [[UInt8]] {
    var pictures: [[UInt8]] = []
    for variant in 0..<order.variants {
      let picture = try encoded(try picture(order, variant: variant, flaws: flaws), as: order.format)
      pictures.append(order.exifComment.map { ExifComment.embedded($0, in: picture, order.format) } ?? picture)
    }
    return pictures
  }

  private static func picture(_ order: Order, variant: Int, flaws: Flaws) throws(Refusal) -> Image {
    if flaws.isBlack { return Image(size: order.size, layout: .rgb8) }
    let sharp = try sharpPicture(order, variant: variant)
    return flaws.isBlurred ? sharp.stretched(to: order.size.scaled(by: 0.03)).stretched(to: order.size) : sharp
  }

  private static func sharpPicture(_ order: Order, variant: Int) throws(Refusal) -> Image {
    switch order.work {
    case .draw(let prompt, let seed, let style, let references):
      // Only the first variant uses the seed itself; 0 and none are the same (the vendor's default).
      let subject = ([prompt] + [style].compactMap(\.self) + references.map(\.fingerprint)).joined(separator: " ")
      return Scene(subject: subject, seed: (seed ?? 0) + variant * 1_000_003).drawn(order.size)
    case .retouch(let prompt, let images):
      var image = try images[0].decoded(field: "image").covering(order.size)
      for (index, other) in images.dropFirst().enumerated() {
        image.inset(try other.decoded(field: "images"), at: index, of: images.count - 1)
      }
      image.grade(Palette.chosen(by: prompt))
      return image
    case .enlarge(let image, _):
      return try image.decoded(field: "image").stretched(to: order.size)
    case .cutOut(let image):
      return try image.decoded(field: "image", keepsAlpha: true).withoutBackground()
    }
  }

  /// Quick settings: nobody looks at these pictures for their compression.
  private static func encoded(_ image: borrowing Image, as format: ImageFormat) throws(Refusal) -> [UInt8] {
    do throws(CodecError) {
      switch format {
      case .webp: return try WebP.encode(image, options: WebP.Options(quality: 80, method: 1))
      case .png: return try PNG.encode(image, options: PNG.Options(compression: 2))
      case .jpeg: return try JPEG.encode(image, options: JPEG.Options(quality: 85))
      }
    } catch {
      throw Refusal(status: 500, message: "Inference processing failed: \(error)")
    }
  }
}

extension Palette {
  static func chosen(by text: String) -> Palette {
    var chance = Chance(text: text)
    return chance.pick(all)
  }
}

extension Size {
  func scaled(by share: Double) -> Size {
    Size(width: max(1, Int(Double(width) * share)), height: max(1, Int(Double(height) * share)))
  }
}
