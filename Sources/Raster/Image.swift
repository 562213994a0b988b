/// A decoded picture: row-major from the top left, no row padding, straight (not premultiplied) alpha.
///
/// It owns its memory and is never copied by accident: a hundred-megapixel picture is hundreds of megabytes.
public struct Image: ~Copyable, Sendable {
  public let size: Size
  public let layout: Layout
  private var bytes: [UInt8]

  /// Bytes that a picture takes in memory; `nil` when the number does not fit an `Int`.
  public static func byteCount(_ size: Size, _ layout: Layout) -> Int? {
    guard let pixels = size.pixelCount else { return nil }
    let (count, overflow) = pixels.multipliedReportingOverflow(by: layout.bytesPerPixel)
    return overflow ? nil : count
  }

  /// Bytes from one row to the next.
  public var rowBytes: Int { size.width * layout.bytesPerPixel }

  /// A picture whose every sample is zero.
  ///
  /// - Precondition: the byte count fits an `Int`; callers check their limits first.
  public init(size: Size, layout: Layout) {
    guard let count = Self.byteCount(size, layout) else { preconditionFailure("a picture of \(size) has no memory") }
    self.size = size
    self.layout = layout
    bytes = [UInt8](repeating: 0, count: count)
  }

  /// A picture over pixels that already lie as `layout` says.
  ///
  /// - Precondition: `pixels` has exactly `byteCount(size, layout)` elements.
  public init(size: Size, layout: Layout, pixels: consuming [UInt8]) {
    precondition(pixels.count == Self.byteCount(size, layout), "pixels do not fill a picture of \(size)")
    self.size = size
    self.layout = layout
    bytes = pixels
  }

  /// A picture that `body` fills. The memory it is given is not initialised: every byte is its to write.
  ///
  /// - Parameter spare: bytes behind the pixels that `body` may use as well; the picture keeps them.
  /// - Precondition: the byte count fits an `Int`; callers check their limits first.
  public init<E: Error>(
    size: Size, layout: Layout, spare: Int = 0, filledBy body: (UnsafeMutableBufferPointer<UInt8>) throws(E) -> Void
  ) throws(E) {
    guard let count = Self.byteCount(size, layout) else { preconditionFailure("a picture of \(size) has no memory") }
    var failure: E?
    // The C codecs write rows through a pointer; the closure ends before the array can move.
    let filled = unsafe [UInt8](unsafeUninitializedCapacity: count + spare) { buffer, initialised in
      do throws(E) {
        unsafe try body(UnsafeMutableBufferPointer(rebasing: buffer[..<(count + spare)]))
        initialised = count
      } catch {
        failure = error
        initialised = 0
      }
    }
    if let failure { throw failure }
    self.size = size
    self.layout = layout
    bytes = filled
  }

  /// The bytes of all pixels, for the length of the call.
  public borrowing func withPixels<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try body(bytes.span)
  }

  /// The bytes of all pixels, to be changed, for the length of the call.
  public mutating func withMutablePixels<R, E: Error>(
    _ body: (inout MutableSpan<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    var span = bytes.mutableSpan
    return try body(&span)
  }
}
