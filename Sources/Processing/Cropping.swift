import Raster

/// The wish to keep a part of a picture.
public enum Cropping: Hashable, Sendable, Codable {
  /// The largest part of these sides.
  case aspect(AspectRatio, Position)
  /// A part of some width and height, as far to the left and as far down as the position says.
  case part(width: Length, height: Length, Position)
  /// A part that begins at a point.
  case placed(x: Length, y: Length, width: Length, height: Length)

  /// Along a side of the picture.
  public enum Length: Hashable, Sendable, Codable {
    case pixels(Int)
    /// Of the picture's own side, from 0 to 100.
    case percent(Double)
    /// As much as there is.
    case rest
  }

  /// The part that is meant of a picture of this size; it may hang over, where it is given in pixels.
  ///
  /// In percent edges come to the nearest pixel, so that parts that meet have nothing between them and nothing in common.
  /// At least one pixel of each side is kept. Of room that cannot be shared equally the smaller part lies left or above.
  func region(of picture: Size) -> Region {
    switch self {
    case .aspect(let ratio, let position):
      // By products of whole numbers: rounded half up, like other lengths that follow from a ratio.
      let (width, height) = (picture.width, picture.height)
      let isWide = Double(width) * Double(ratio.height) > Double(height) * Double(ratio.width)
      let size =
        isWide
        ? Size(width: Self.scaled(height, by: ratio.width, over: ratio.height, most: width), height: height)
        : Size(width: width, height: Self.scaled(width, by: ratio.height, over: ratio.width, most: height))
      return Self.placed(size, in: picture, position)
    case .part(let width, let height, let position):
      let size = Size(width: width.pixels(of: picture.width), height: height.pixels(of: picture.height))
      return Self.placed(size, in: picture, position)
    case .placed(let x, let y, let width, let height):
      let (left, columns) = Self.span(from: x, width, of: picture.width)
      let (top, rows) = Self.span(from: y, height, of: picture.height)
      return Region(x: left, y: top, size: Size(width: columns, height: rows))
    }
  }

  private static func scaled(_ length: Int, by part: Int, over whole: Int, most: Int) -> Int {
    min(max(Int((Double(length) * Double(part) / Double(whole)).rounded()), 1), most)
  }

  private static func placed(_ size: Size, in picture: Size, _ position: Position) -> Region {
    func place(_ room: Int, _ share: Double) -> Int { room <= 0 ? 0 : Int((Double(room) * share).rounded(.down)) }
    return Region(
      x: place(picture.width - size.width, position.horizontal),
      y: place(picture.height - size.height, position.vertical), size: size)
  }

  private static func span(from start: Length, _ length: Length, of side: Int) -> (start: Int, length: Int) {
    var first = start.pixel(of: side)
    // What begins before the far edge has at least its last pixel.
    if case .percent = start { first = min(first, side - 1) }
    switch (start, length) {
    case (.percent(let begin), .percent(let part)):
      let end = Length.percent(min(begin + part, 100)).pixel(of: side)
      return (first, max(end - first, 1))
    case (_, .rest): return first < side ? (first, side - first) : (first, 1)
    case (_, .pixels), (_, .percent): return (first, length.pixels(of: side))
    }
  }
}

extension Cropping.Length {
  /// The edge that lies so far from the left or from above.
  fileprivate func pixel(of side: Int) -> Int {
    switch self {
    case .pixels(let count): count
    case .percent(let share): Int((Double(side) * share / 100).rounded())
    case .rest: 0
    }
  }

  /// Pixels in it, at least one.
  fileprivate func pixels(of side: Int) -> Int {
    switch self {
    case .pixels, .percent: max(pixel(of: side), 1)
    case .rest: side
    }
  }
}
