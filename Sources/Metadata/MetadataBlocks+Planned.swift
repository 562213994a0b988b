import Raster

extension MetadataBlocks {
  /// What an output is to carry. `warnings` tells what of the original or of the policy is missing in it.
  ///
  /// - Parameters:
  ///   - original: what `Container.read` found; without `icc` when the pixels were converted to sRGB.
  ///   - outputSize: the output's true size, after rotation.
  ///   - pixelsChanged: false when the encoded pixels stay as they are, and so the format too. Orientation is part of
  ///     the pixels by then: an output always reads upright.
  ///   - toSRGB: whether the output's pixels are sRGB whatever the original's were: nothing in it may say otherwise.
  ///   - isSRGB: whether they are, converted or not: else nothing new may say so.
  ///   - spelledOut: a profile that says what the original's EXIF says of its colours, for an output that does not keep it.
  /// - Returns: the original's own blocks, C2PA manifest store included, when `keep` has nothing to change; then
  ///   `Container.rewrite` gives the file back as it is.
  /// - Throws: `tooLarge` when what the policy itself writes does not fit.
  public static func planned(
    for policy: MetadataPolicy, provenance: Provenance, original: MetadataBlocks, outputSize: Size, format: ImageFormat,
    pixelsChanged: Bool, toSRGB: Bool = false, isSRGB: Bool = true, spelledOut: [UInt8]? = nil
  ) throws(MetadataError) -> MetadataBlocks {
    var plan = MetadataPlan(
      policy: policy, provenance: provenance, original: original, size: outputSize, format: format,
      pixelsChanged: pixelsChanged, toSRGB: toSRGB, isSRGB: isSRGB, spelledOut: spelledOut)
    return try plan.make()
  }
}
