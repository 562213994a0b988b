import Raster

extension Step {
  /// What the step makes of a picture.
  func picture(of source: borrowing Image) throws(RasterError) -> Image {
    switch self {
    case .resize(let geometry, let filter, let background):
      try source.resized(geometry, filter: filter, background: background)
    case .flatten(let background): source.flattened(onto: background)
    case .convert(let layout): source.converted(to: layout)
    }
  }

  /// The layout of what it makes.
  func layout(of layout: Layout) -> Layout {
    switch self {
    case .resize(let geometry, _, let background): geometry.layout(of: layout, background: background)
    case .flatten(let background):
      Layout(layout.channels.isGray && background.isGray ? .gray : .rgb, layout.depth)
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
