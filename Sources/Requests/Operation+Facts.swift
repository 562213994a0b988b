import Documents
import ImageAPI
import Metadata
import Processing
import Raster

// What processing needs to know of an operation, in processing's words.

extension ImageAPI.Operation {
  /// - Parameter input: the picture that an upscale works on; without it the size cannot be told.
  public func requestedSize(of input: Size?) -> Processing.RequestedSize {
    switch requestedSize {
    case .unspecified: .unspecified
    case .pixels(let width, let height):
      (1...Self.sideLimit).contains(width) && (1...Self.sideLimit).contains(height)
        ? .exact(Size(width: width, height: height)) : .unspecified
    case .aspectRatio(let width, let height): .aspectRatio(AspectRatio(width: width, height: height))
    case .scaled(let factor): input.flatMap { Self.scaled($0, by: factor) } ?? .unspecified
    }
  }

  /// "Final dimensions after scaling must not exceed 16777216 pixels", and the scale is "dynamically reduced" where they
  /// would (schema of /image/upscale): to what, nobody says.
  private static func scaled(_ size: Size, by factor: Double) -> Processing.RequestedSize? {
    let pixels = Double(size.width) * factor * Double(size.height) * factor
    return pixels <= 16_777_216 ? .scaled(size, factor: factor) : nil
  }

  /// The format that the request asks the API for; `nil` when it does not say.
  public var requestedImageFormat: ImageFormat? { requestedFormat.flatMap(ImageFormat.init(rawValue:)) }

  /// What the metadata may claim about the picture's origin.
  public var provenanceSource: Provenance.Source {
    switch endpoint {
    case .generate, .generations: .trainedAlgorithmicMedia
    case .edit, .multiEdit, .upscale, .backgroundRemove: .compositeWithTrainedAlgorithmicMedia
    }
  }

  /// The body's plain fields beside prompt and model, in its order: `seed`, `steps`, `style_preset`, …. Pictures are
  /// left out, and so is what only concerns the transfer.
  public var provenanceParameters: [Provenance.Parameter] {
    body.members.compactMap { member in
      guard !Self.otherwiseTold.contains(member.key) else { return nil }
      switch member.value {
      case .string(let text), .number(let text): return Provenance.Parameter(name: member.key, value: text)
      case .bool(let bool): return Provenance.Parameter(name: member.key, value: "\(bool)")
      case .null, .array, .object: return nil
      }
    }
  }

  private static let sideLimit = 1_000_000
  private static let otherwiseTold: Set<String> = [
    "prompt", "model", "modelId", "image", "image_url", "return_binary", "response_format", "user",
  ]
}
