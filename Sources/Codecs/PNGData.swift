/// The data of `IDAT` chunks, piece by piece.
@safe struct PNGData {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let ranges: [Range<Int>]
  private var index = 0
  /// What is taken of the range at `index`.
  private var taken = 0

  /// - Parameter bytes: have to stay until this is gone.
  @unsafe init(_ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>]) {
    unsafe self.bytes = bytes
    self.ranges = ranges.filter { !$0.isEmpty }
  }

  var isEmpty: Bool { index == ranges.count }

  /// What comes next; empty at the end alone.
  var next: UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(rebasing: isEmpty ? bytes[..<0] : bytes[ranges[index].dropFirst(taken)])
  }

  /// Goes on behind so many bytes of what comes next.
  mutating func take(_ count: Int) {
    taken += count
    guard !isEmpty, taken == ranges[index].count else { return }
    index += 1
    taken = 0
  }
}
