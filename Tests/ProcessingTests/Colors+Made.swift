import Codecs
import Metadata
import Processing
import Raster

extension Colors {
  static let lossless = Encoding.webp(WebP.Options(lossless: true))

  /// One output of an original, with all its pixels read back.
  static func made(
    _ original: [UInt8], _ format: ImageFormat = .png, color: OutputColor = .srgb, encoding: Encoding? = nil,
    metadata level: MetadataPolicy.Level = .none
  ) throws -> (plan: Plan, output: FinishedOutput) {
    let recipe = Recipe(
      verification: Verification(readBack: .full),
      outputs: [try .test("a", format, color: color, encoding: encoding, metadata: level)])
    let result = try process(original, recipe)
    return (result.plan, result.outputs[0])
  }

  /// The worst difference of a picture's colours from what is expected, 0 to 255.
  static func worst(_ picture: borrowing Image, _ expected: [Double]) -> Double {
    let colors = picture.layout.channels.isGray ? 1 : 3
    let (stride, depth) = (picture.layout.channels.count, picture.layout.depth.bytes)
    return picture.withPixels { pixels in
      var worst = 0.0
      for pixel in 0..<pixels.count / stride / depth {
        for color in 0..<colors {
          let at = (pixel * stride + color) * depth
          let value =
            depth == 1
            ? Double(pixels[at]) : Double((UInt16(pixels[at]) | UInt16(pixels[at + 1]) << 8).littleEndian) / 257
          worst = max(worst, abs(value - expected[pixel * colors + color]))
        }
      }
      return worst
    }
  }
}
