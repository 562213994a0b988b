import Codecs
import Documents
import Processing
import Raster

/// Reads an output's encoder settings, under the libraries' own names.
enum EncodingReader {
  /// Every setting, with the formats that have it.
  static let settings: [(key: String, formats: [ImageFormat])] = [
    ("quality", [.webp, .jpeg]), ("method", [.webp]), ("lossless", [.webp]), ("near-lossless", [.webp]),
    ("sharp-yuv", [.webp]), ("alpha-quality", [.webp]), ("subsampling", [.jpeg]), ("progressive", [.jpeg]),
    ("optimize", [.jpeg]), ("restart-rows", [.jpeg]), ("target-bytes", [.webp, .jpeg]),
    ("compression", [.png]), ("bit-depth", [.png]),
  ]

  /// `nil` when the output asks for none: then unchanged pixels keep their encoded bytes.
  static func encoding(_ output: Section, format: ImageFormat) throws(RequestError) -> Encoding? {
    var isAsked = false
    for (key, formats) in settings where output[key] != nil {
      guard formats.contains(format) else {
        throw .settingOfAnotherFormat(
          output.place(of: key), format: format.rawValue, formats: formats.map(\.rawValue))
      }
      isAsked = true
    }
    guard isAsked else { return nil }
    switch format {
    case .webp: return .webp(try webp(output))
    case .jpeg: return .jpeg(try jpeg(output))
    case .png: return .png(try png(output))
    }
  }

  private static func webp(_ output: Section) throws(RequestError) -> WebP.Options {
    var options = WebP.Options()
    options.quality = try output.integer("quality", in: 0...100) ?? options.quality
    options.method = try output.integer("method", in: 0...6) ?? options.method
    options.lossless = try output.bool("lossless") ?? options.lossless
    options.nearLossless = try output.integer("near-lossless", in: 0...100)
    options.sharpYUV = try output.bool("sharp-yuv") ?? options.sharpYUV
    options.alphaQuality = try output.integer("alpha-quality", in: 0...100) ?? options.alphaQuality
    if options.nearLossless != nil {
      guard try output.bool("lossless") != false else {
        throw .conflict(
          output.place(of: "near-lossless"), with: "lossless", why: "near-lossless is a kind of lossless")
      }
      options.lossless = true
    }
    options.targetBytes = try targetBytes(output)
    if options.lossless, options.targetBytes != nil {
      let other = options.nearLossless == nil ? "lossless" : "near-lossless"
      throw .conflict(output.place(of: "target-bytes"), with: other, why: "only lossy pictures have a quality to lower")
    }
    return options
  }

  private static func jpeg(_ output: Section) throws(RequestError) -> JPEG.Options {
    var options = JPEG.Options()
    options.quality = try output.integer("quality", in: 1...100) ?? options.quality
    options.subsampling = try output.choice("subsampling", JPEG.Options.Subsampling.self) ?? options.subsampling
    options.progressive = try output.bool("progressive") ?? options.progressive
    options.optimize = try output.bool("optimize") ?? options.optimize
    options.restartRows = try output.integer("restart-rows", in: 1...65_535)
    options.targetBytes = try targetBytes(output)
    return options
  }

  private static func targetBytes(_ output: Section) throws(RequestError) -> Int? {
    try output.integer("target-bytes", in: 1...1 << 31)
  }

  private static func png(_ output: Section) throws(RequestError) -> PNG.Options {
    var options = PNG.Options()
    options.compression = try output.integer("compression", in: 0...12) ?? options.compression
    if let bits = try output.integer("bit-depth", in: 8...16) {
      guard let depth = Layout.Depth(rawValue: bits) else {
        throw .outOfRange(output.place(of: "bit-depth"), value: "\(bits)", allowed: "8 or 16")
      }
      options.depth = depth
    }
    return options
  }
}
