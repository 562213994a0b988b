import Codecs
import Metadata
import Processing
import Raster

/// The processing of whole jobs, beside the bare codec calls that they cannot do without: one decode, and one encode an
/// output, of pixels that are ready. What is above 1 is resampling, metadata, read-back, and our own cost.
enum JobBenchmark {
  static func comparisons() throws -> [Comparison] {
    let size = Size(width: 1024, height: 1024)
    let photograph = Photograph.draw(size, .rgb8)
    let webp = try WebP.encode(photograph, options: WebP.Options())
    return [
      try comparison(
        "WebP to WebP 1024/768/512/256 and JPEG", photograph, webp, widths: [1024, 768, 512, 256]),
      try comparison("WebP to JPEG", photograph, webp, widths: []),
    ]
  }

  /// - Parameter widths: of the WebP outputs; a JPEG of full size comes with them.
  private static func comparison(
    _ name: String, _ photograph: borrowing Image, _ original: [UInt8], widths: [Int]
  ) throws -> Comparison {
    var outputs = try widths.map { width in
      OutputRecipe(
        file: try FileNameTemplate("{name}-{width}.webp"), format: .webp, resize: Resize(width: width),
        encoding: .webp(WebP.Options()))
    }
    outputs.append(
      OutputRecipe(file: try FileNameTemplate("{name}.jpg"), format: .jpeg, encoding: .jpeg(JPEG.Options())))
    let recipe = Recipe(outputs: outputs)
    let facts = JobFacts(
      name: "photograph", job: "benchmark", pipeline: "benchmark", date: "2026-01-01",
      provenance: Provenance(
        source: .trainedAlgorithmicMedia, system: "Venice.ai venice-sd35", created: "2026-01-01T00:00:00Z"))
    let scaled = try widths.map { width in
      let picture = try photograph.resized(
        Resize(width: width).geometry(for: photograph.size), background: nil)
      return (pixels: picture.withPixels { span in span.indices.map { span[$0] } }, size: picture.size)
    }
    let size = photograph.size
    let full = photograph.withPixels { span in span.indices.map { span[$0] } }
    return Comparison(
      name: name,
      wrapped: {
        var files = 0
        let report = try Processor.examine(original.span)
        let plan = try Processor.plan(recipe, for: report, original: OriginalFacts(), job: facts)
        // The time of one thread is measured: it has to do all.
        try Processor.run(plan, original: original.span, threads: 1) { (_: FinishedOutput) throws(Never) in files += 1 }
        return files
      },
      bare: {
        var files = 0
        guard Bare.decodeWebP(original.span) > 0 else { return 0 }
        for picture in scaled where Bare.encodeWebP(picture.pixels.span, picture.size, method: 4) > 0 { files += 1 }
        if Bare.encodeJPEG(full.span, size, progressive: false) > 0 { files += 1 }
        return files
      })
  }
}
