extension Encoding {
  /// Processor time for a pixel of a photograph, in nanoseconds on some machine: read it as a ratio.
  var costPerPixel: Double {
    switch self {
    case .webp(let options):
      if options.lossless || options.nearLossless != nil { return 500 }
      let cost: Double = options.method < 2 ? 26 : options.method < 4 ? 42 : options.method < 6 ? 88 : 256
      return options.targetBytes == nil ? cost : 5 * cost
    case .jpeg(let options):
      let cost: Double = options.progressive ? 12 : options.optimize ? 5 : 2
      return options.targetBytes == nil ? cost : 5 * cost
    case .png(let options):
      return options.compression < 4 ? 20 : options.compression < 8 ? 46 : options.compression < 10 ? 180 : 900
    }
  }
}
