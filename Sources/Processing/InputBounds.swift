import Codecs
import Raster

/// What a service takes of a picture that is sent to it.
public struct InputBounds: Hashable, Sendable, Codable {
  /// Pixels in all; `nil` where they do not matter.
  public var pixels: ClosedRange<Int>?
  /// The file has fewer bytes than this.
  public var bytes: Int

  public init(pixels: ClosedRange<Int>? = nil, bytes: Int) {
    self.pixels = pixels
    self.bytes = bytes
  }

  /// What keeps a picture from being sent as it is; `nil` when nothing does. What cannot be mended comes first.
  ///
  /// - Parameter bytes: of the file.
  public func misfit(of header: ImageHeader, bytes: Int) -> InputMisfit? {
    let count = header.size.pixelCount ?? .max
    if let pixels, count < pixels.lowerBound {
      return .tooFewPixels(found: header.size, minimum: pixels.lowerBound)
    }
    if let pixels, count > pixels.upperBound { return .tooManyPixels(found: header.size, limit: pixels.upperBound) }
    return bytes < self.bytes ? nil : .tooManyBytes(found: bytes, limit: self.bytes)
  }
}

/// How a picture breaks a service's bounds.
public enum InputMisfit: Error, Hashable, Sendable {
  case tooFewPixels(found: Size, minimum: Int)
  case tooManyPixels(found: Size, limit: Int)
  /// `limit` itself is too many.
  case tooManyBytes(found: Int, limit: Int)
}

extension InputMisfit: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooFewPixels(let found, let minimum):
      "the image is \(found), \(found.pixelCount ?? .max) pixels in all, and the API takes no fewer than \(minimum)"
    case .tooManyPixels(let found, let limit):
      "the image is \(found), \(found.pixelCount ?? .max) pixels in all, and the API's limit is \(limit) pixels"
    case .tooManyBytes(let found, let limit):
      "the image has \(found) bytes, and the API takes fewer than \(limit)"
    }
  }
}
