import Colorimetry
import Raster

extension Step {
  /// What the step makes of a picture.
  ///
  /// - Parameters:
  ///   - converter: of the original's colours; there wherever a step converts them.
  ///   - sharing: of its work; the picture is the same.
  func picture(
    of source: borrowing Image, _ converter: SRGBConverter?, sharing: Sharing
  ) throws(RasterError) -> Image {
    switch self {
    case .color:
      guard let converter else { preconditionFailure("a conversion has its converter") }
      return converter.converted(source, sharing: sharing)
    case .trim(let region), .crop(let region): return source.cropped(to: region)
    case .resize(let geometry, let filter, let isLinear, let background):
      return try source.resized(geometry, filter: filter, isLinear: isLinear, background: background, sharing: sharing)
    case .blur(let sigma): return source.blurred(sigma: sigma)
    case .sharpen(let sharpening): return source.sharpened(sharpening)
    case .flatten(let background): return source.flattened(onto: background)
    case .pad(let padding, let background): return try source.padded(padding, background: background)
    case .convert(let layout): return source.converted(to: layout)
    }
  }

  /// The layout of what it makes.
  func layout(of layout: Layout) -> Layout {
    switch self {
    case .color: layout.channels == .cmyk ? .rgb8 : layout
    case .trim, .crop, .blur, .sharpen: layout
    case .resize(let geometry, _, _, let background): geometry.layout(of: layout, background: background)
    case .flatten(let background):
      Layout(layout.channels.isGray && background.isGray ? .gray : .rgb, layout.depth)
    case .pad(_, let background): layout.behind(background)
    case .convert(let layout): layout
    }
  }
}

/// A picture that several threads may read, and that goes when the last of them lets go of it.
final class Picture: Sendable {
  let image: Image

  init(_ image: consuming Image) {
    self.image = image
  }
}
