import Raster

/// What a picture may cost before memory is taken for it.
public struct Limits: Hashable, Sendable, Codable {
  /// Pixels of a decoded picture.
  public var pixels: Int
  /// Bytes of an encoded file.
  public var bytes: Int

  public init(pixels: Int = 100_000_000, bytes: Int = 64 << 20) {
    self.pixels = pixels
    self.bytes = bytes
  }
}

extension Limits {
  /// Refuses a file before anything reads it.
  func requireBytes(_ count: Int) throws(CodecError) {
    if count > bytes { throw .tooManyBytes(found: count, limit: bytes) }
  }

  /// Refuses a picture before memory is taken for it. What passes fits an `Int` in every layout.
  func requirePixels(_ size: Size) throws(CodecError) {
    guard let count = size.pixelCount, count <= pixels, Image.byteCount(size, Layout(.rgba, .sixteen)) != nil else {
      throw .tooManyPixels(found: size, limit: pixels)
    }
  }
}
