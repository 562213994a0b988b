import Glibc
import Testing

@testable import Spool

@Suite struct InotifyRecordTests {
  /// As inotify(7) lays it out: four words, then the name, padded with NULs.
  private func record(_ watch: Int32, _ mask: UInt32, _ name: [UInt8]) -> [UInt8] {
    let words = [UInt32(bitPattern: watch), mask, 0, UInt32(name.count)]
    return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } } + name
  }

  @Test func recordsAreReadInOrder() {
    let bytes =
      record(3, 0x100, [UInt8]("a.json") + [0, 0]) + record(-1, 0x4000, []) + record(4, 0x4000_0200, [0x62, 0, 0, 0])
    #expect(
      InotifyRecord.records(in: bytes.span) == [
        InotifyRecord(watch: 3, mask: 0x100, name: "a.json"), InotifyRecord(watch: -1, mask: 0x4000, name: ""),
        InotifyRecord(watch: 4, mask: 0x4000_0200, name: "b"),
      ])
    #expect(InotifyRecord(watch: 4, mask: 0x4000_0200, name: "b").has(IN_ISDIR))
    #expect(!InotifyRecord(watch: 3, mask: 0x100, name: "a").has(IN_ISDIR))
  }

  @Test func cutRecordEndsIt() {
    let bytes = record(1, 2, [0x61, 0, 0, 0]) + record(2, 2, [0x61, 0, 0, 0])
    for count in 20..<40 { #expect(InotifyRecord.records(in: bytes.span.extracting(0..<count)).count == 1) }
  }
}
