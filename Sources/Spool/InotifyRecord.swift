import Glibc

/// One `struct inotify_event` of inotify(7), read out of the bytes that the kernel wrote.
struct InotifyRecord: Hashable, Sendable {
  let watch: Int32
  let mask: UInt32
  /// Of the file in the watched folder; empty when the event is the folder's own. Bytes that are not UTF-8 are mended.
  let name: String

  func has(_ bit: some BinaryInteger) -> Bool { mask & UInt32(truncatingIfNeeded: bit) != 0 }

  /// wd, mask, cookie, len: four words.
  private static let headerLength = 16

  /// All records in what read(2) returned; a record that is not whole ends it.
  static func records(in bytes: Span<UInt8>) -> [InotifyRecord] {
    var records: [InotifyRecord] = []
    var start = 0
    while start + headerLength <= bytes.count {
      let nameStart = start + headerLength
      let nameEnd = nameStart + Int(word(at: start + 12, in: bytes))
      guard nameEnd <= bytes.count else { break }
      // The name is padded with NULs to a multiple of the header's alignment.
      var name: [UInt8] = []
      for index in nameStart..<nameEnd where bytes[index] != 0 { name.append(bytes[index]) }
      records.append(
        InotifyRecord(
          watch: Int32(bitPattern: word(at: start, in: bytes)), mask: word(at: start + 4, in: bytes),
          name: String(decoding: name, as: UTF8.self)))
      start = nameEnd
    }
    return records
  }

  /// Little-endian, as all machines are that Swift runs on under Linux.
  private static func word(at index: Int, in bytes: Span<UInt8>) -> UInt32 {
    var word: UInt32 = 0
    for offset in (0..<4).reversed() { word = word << 8 | UInt32(bytes[index + offset]) }
    return word
  }
}
