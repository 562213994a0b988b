import CCodecs
import Raster

/// What the data of `IDAT` chunks inflate to, which are one stream of zlib's (PNG Third Edition 10): first all rows, then
/// nothing.
protocol PNGInflating: ~Copyable {
  /// Writes the next bytes, as many as there is room for.
  mutating func fill(_ target: UnsafeMutableBufferPointer<UInt8>) throws(CodecError)
  /// Refuses what is not at its end after the last row.
  mutating func finish() throws(CodecError)
}

/// By ISA-L, which takes half of zlib's time. Of what it refuses it says neither why nor whether the rows were there:
/// ``PNGLenientInflater`` tells, from the beginning.
///
/// It refuses what zlib refuses but for codes that leave room for others: their meaning is plain.
@safe struct PNGInflater: PNGInflating, ~Copyable {
  private let handle: OpaquePointer
  private var source: PNGData
  private var hasEnded = false

  /// - Parameter bytes: have to stay until this is gone.
  @unsafe init(_ bytes: UnsafeBufferPointer<UInt8>, _ data: [Range<Int>]) throws(CodecError) {
    guard let handle = unsafe codecs_inflater_create() else { throw .outOfMemory(.png) }
    unsafe self.handle = handle
    source = unsafe PNGData(bytes, data)
  }

  deinit { unsafe codecs_inflater_destroy(handle) }

  mutating func fill(_ target: UnsafeMutableBufferPointer<UInt8>) throws(CodecError) {
    guard try unsafe inflate(to: target) == target.count else { throw Self.refusal }
  }

  mutating func finish() throws(CodecError) {
    // What is inflated behind the rows, if anything.
    var surplus: UInt8 = 0
    let count = try unsafe withUnsafeMutablePointer(to: &surplus) { surplus throws(CodecError) in
      try unsafe inflate(to: UnsafeMutableBufferPointer(start: surplus, count: 1))
    }
    guard count == 0, hasEnded else { throw Self.refusal }
  }

  /// Until there is no room or no data. What has been read may come out later: there is a call without data as well.
  private mutating func inflate(to target: UnsafeMutableBufferPointer<UInt8>) throws(CodecError) -> Int {
    var next = target.baseAddress
    var room = target.count
    while room > 0, !hasEnded {
      let piece = unsafe source.next
      var from = piece.baseAddress
      var left = piece.count
      let before = (left: piece.count, room: room)
      switch unsafe codecs_inflater_next(handle, &from, &left, &next, &room) {
      case .goes_on: if left == before.left, room == before.room { return target.count - room }
      case .ended: hasEnded = true
      case .refused: throw Self.refusal
      }
      source.take(before.left - left)
    }
    return target.count - room
  }

  /// Never seen: what is refused here is judged again.
  private static let refusal = CodecError.malformed(.png, reason: "IDAT: invalid")
}
