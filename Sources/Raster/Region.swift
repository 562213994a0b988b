/// A part of a picture in whole pixels, counted from the top left corner. Both sides are at least 1.
public struct Region: Hashable, Sendable, Codable, CustomStringConvertible {
  public let x: Int
  public let y: Int
  public let size: Size

  /// - Precondition: neither `x` nor `y` is negative.
  public init(x: Int, y: Int, size: Size) {
    precondition(x >= 0 && y >= 0, "a region begins within its picture")
    self.x = x
    self.y = y
    self.size = size
  }

  /// All of a picture.
  public init(whole size: Size) {
    self.init(x: 0, y: 0, size: size)
  }

  /// - Throws: for what begins above or to the left of every picture.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let (x, y) = (try container.decode(Int.self, forKey: .x), try container.decode(Int.self, forKey: .y))
    guard x >= 0, y >= 0 else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "a region at \(x),\(y)"))
    }
    self.init(x: x, y: y, size: try container.decode(Size.self, forKey: .size))
  }

  private enum CodingKeys: String, CodingKey { case x, y, size }

  /// Whether all of it lies in a picture of this size.
  public func lies(in picture: Size) -> Bool {
    size.width <= picture.width && size.height <= picture.height && x <= picture.width - size.width
      && y <= picture.height - size.height
  }

  /// `800x600 at 10,20`.
  public var description: String { "\(size) at \(x),\(y)" }
}

extension Image {
  /// The part of the picture, pixel for pixel.
  ///
  /// - Precondition: the region lies in the picture.
  public borrowing func cropped(to region: Region) -> Image {
    precondition(region.lies(in: size), "\(region) does not lie in a picture of \(size)")
    let (rowBytes, pixelBytes) = (rowBytes, layout.bytesPerPixel)
    return mapped(size: region.size, layout: layout) { input, output in
      let length = region.size.width * pixelBytes
      for row in 0..<region.size.height {
        let read = (region.y + row) * rowBytes + region.x * pixelBytes
        output.copy(input, read..<read + length, to: row * length)
      }
    }
  }
}
