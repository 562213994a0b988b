import CCodecs

/// Where a C encoder puts what it has encoded: straight into a Swift array, piece by piece.
enum ByteSink {
  /// Runs `body` with a function that appends to the result and the context it has to be called with.
  static func collect<E: Error>(
    _ body: (codecs_sink, UnsafeMutableRawPointer) throws(E) -> Void
  ) throws(E) -> [UInt8] {
    var bytes: [UInt8] = []
    // The pointer is to `bytes`, which nothing else touches until `body` returns.
    try unsafe withUnsafeMutablePointer(to: &bytes) { target throws(E) in
      try unsafe body(append, UnsafeMutableRawPointer(target))
    }
    return bytes
  }

  static let append: codecs_sink = { context, bytes, count in
    guard let context = unsafe context, let bytes = unsafe bytes else { return }
    let target = unsafe context.assumingMemoryBound(to: [UInt8].self)
    unsafe target.pointee.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
  }
}
