import Spool

/// Files of the inbox that nobody has looked at yet, in the order of their arrival, in little memory: their paths in one
/// array of bytes, and 16 bytes for each. Hundreds of thousands may wait at once.
struct Arrivals: Sendable {
  private struct Entry {
    /// Nanoseconds since 1970. A 64-bit number counts them until 2262.
    var arrived: Int64
    var start: UInt32
    var length: UInt16
  }

  private var paths: [UInt8] = []
  private var entries: [Entry] = []
  /// How many were taken.
  private var taken = 0

  /// So many are remembered; whoever walks through the inbox waits there until these are taken.
  static let limit = 262_144

  var isEmpty: Bool { taken == entries.count }
  var isFull: Bool { entries.count >= Self.limit }

  /// - Parameter arrived: the inode's last change, which is the rename into the inbox or the last write.
  mutating func append(_ path: String, arrived: FileIdentity.Time) {
    let start = paths.count
    paths.append(contentsOf: path.utf8)
    guard let length = UInt16(exactly: paths.count - start), let start = UInt32(exactly: start) else {
      // Longer than Linux takes.
      paths.removeLast(paths.count - start)
      return
    }
    let (nanoseconds, isTooLate) = Int64(arrived.seconds).multipliedReportingOverflow(by: 1_000_000_000)
    entries.append(
      Entry(
        arrived: isTooLate ? .max : nanoseconds &+ Int64(arrived.nanoseconds), start: start, length: length))
  }

  /// After the last was appended, before the first is taken. Of those that came in one moment the path decides.
  mutating func sort() {
    let paths = self.paths
    entries.sort { a, b in
      if a.arrived != b.arrived { return a.arrived < b.arrived }
      return Self.bytes(of: a, in: paths).lexicographicallyPrecedes(Self.bytes(of: b, in: paths))
    }
  }

  /// The path that arrived next; nil when all are taken.
  mutating func next() -> String? {
    guard taken < entries.count else { return nil }
    defer { taken += 1 }
    return String(decoding: Self.bytes(of: entries[taken], in: paths), as: UTF8.self)
  }

  private static func bytes(of entry: Entry, in paths: [UInt8]) -> ArraySlice<UInt8> {
    paths[Int(entry.start)..<Int(entry.start) + Int(entry.length)]
  }
}
