import CBare
import Raster

/// The bare libraries, each over a span. Each returns the bytes of its result.
enum Bare {
  static func decodeWebP(_ file: Span<UInt8>, alpha: Bool = false) -> Int {
    unsafe file.withUnsafeBufferPointer { unsafe bare_webp_decode($0.baseAddress, $0.count, alpha) }
  }

  static func decodePNG(_ file: Span<UInt8>) -> Int {
    unsafe file.withUnsafeBufferPointer { unsafe bare_png_decode($0.baseAddress, $0.count) }
  }

  static func decodeJPEG(_ file: Span<UInt8>) -> Int {
    unsafe file.withUnsafeBufferPointer { unsafe bare_jpeg_decode($0.baseAddress, $0.count) }
  }

  static func encodeWebP(
    _ pixels: Span<UInt8>, _ size: Size, alpha: Bool = false, quality: Float = 80, method: Int32, lossless: Bool = false
  ) -> Int {
    unsafe pixels.withUnsafeBufferPointer {
      unsafe bare_webp_encode(
        $0.baseAddress, Int32(size.width), Int32(size.height), alpha, quality, method, lossless)
    }
  }

  static func encodePNG(_ pixels: Span<UInt8>, _ size: Size, alpha: Bool, level: Int32) -> Int {
    unsafe pixels.withUnsafeBufferPointer {
      unsafe bare_png_encode($0.baseAddress, UInt32(size.width), UInt32(size.height), alpha, level)
    }
  }

  static func encodeJPEG(_ pixels: Span<UInt8>, _ size: Size, quality: Int32 = 85, progressive: Bool) -> Int {
    unsafe pixels.withUnsafeBufferPointer {
      unsafe bare_jpeg_encode($0.baseAddress, UInt32(size.width), UInt32(size.height), quality, progressive)
    }
  }
}
