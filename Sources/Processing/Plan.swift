import Codecs
import Metadata
import Raster

/// What will be done with one original: decided from its header, before any pixel is decoded.
///
/// It holds no bytes of the original, so that a worker process can be handed plan and bytes apart.
public struct Plan: Hashable, Sendable, Codable {
  /// What the outputs were planned for; `Processor.run` refuses bytes that differ.
  public let format: ImageFormat
  /// As stored.
  public let size: Size
  /// As decoded.
  public let layout: Layout
  /// How much smaller than it is a JPEG is decoded, for outputs that are all much smaller; see ``DecodingScale``.
  public let scale: JPEG.Scale
  /// Applied to the pixels before anything else.
  public let orientation: Orientation
  /// Whether an original of one colour is refused, which only its pixels tell.
  public let rejectsBlank: Bool
  public let readBack: Verification.ReadBack
  public let provenance: Provenance
  /// In the order of the pipeline. What comes to the same name and the same picture is there once.
  public let outputs: [PlannedOutput]
  public let warnings: [ProcessingWarning]

  /// What is left to do once the first outputs are made. They would have been made of the same pixels.
  public func remaining(after count: Int) -> Plan {
    Plan(
      format: format, size: size, layout: layout, scale: scale, orientation: orientation, rejectsBlank: rejectsBlank,
      readBack: readBack, provenance: provenance, outputs: Array(outputs.dropFirst(count)), warnings: warnings)
  }
}

/// One output to be made.
public struct PlannedOutput: Hashable, Sendable, Codable {
  /// Where the output's pixels come from.
  public enum Pixels: Hashable, Sendable, Codable {
    /// The original's encoded pixels, to the byte.
    case kept
    /// A JPEG's encoded samples, turned by the plan's orientation: none is decoded, none is rounded.
    case turned
    /// Decoded pixels, worked on and encoded again.
    case encoded(Work)
  }

  public let name: PlannedName
  /// The pipeline's own words for the name, for messages.
  public let template: String
  public let format: ImageFormat
  public let size: Size
  public let pixels: Pixels
  public let color: OutputColor
  public let metadata: MetadataPolicy

  /// Whether the output is sRGB whatever the original was, and says nothing else.
  var isToSRGB: Bool {
    if case .encoded(let work) = pixels, case .color? = work.steps.first { true } else { color == .srgb }
  }
}

/// What is done to upright pixels on their way into a file.
public struct Work: Hashable, Sendable, Codable {
  /// In their order. Outputs whose steps begin alike share what comes of them.
  public let steps: [Step]
  /// What comes of the steps, and the encoder is given.
  public let layout: Layout
  public let encoding: Encoding
}

/// One thing that is done to a picture.
public enum Step: Hashable, Sendable, Codable {
  /// Before anything that depends on what the numbers look like.
  case color(ColorConversion)
  /// A border of one colour is cut off, up to this part.
  case trim(to: Region)
  case crop(to: Region)
  /// - Parameters:
  ///   - isLinear: whether amounts of light are mixed.
  ///   - background: what a canvas larger than the picture is filled with; `nil` for transparency.
  case resize(ResizeGeometry, Filter, isLinear: Bool, background: Color?)
  case blur(sigma: Double)
  case sharpen(Sharpening)
  /// Over a colour, without transparency.
  case flatten(onto: Color)
  /// Room around it of a colour; `nil` for transparency.
  case pad(Padding, background: Color?)
  case convert(to: Layout)
}

/// An output whose bytes are made and have been read back.
public struct FinishedOutput: Sendable {
  public let planned: PlannedOutput
  public let bytes: [UInt8]
  /// What of the output's metadata was left out or cut.
  public let warnings: [ProcessingWarning]
  /// What became of the original's content credential; `nil` when it has none.
  public let credential: CredentialFate?

  /// The file's name.
  ///
  /// - Parameter sha256: SHA-256 of ``bytes``, lower-case hexadecimal; used where the name wants it.
  public func fileName(sha256: String) -> String { planned.name.name(sha256: sha256) }
}
