import Testing

@testable import Spool

@Suite struct BlobReaderTests {
  let scratch: Scratch
  let spool: SpoolDirectory

  init() throws {
    scratch = try Scratch()
    spool = try SpoolDirectory(path: scratch.path("spool"))
    try spool.createJob("job", blobs: [("picture", [UInt8](0...99)), ("empty", [])])
  }

  @Test(arguments: [0..<0, 0..<100, 17..<18, 99..<100, 3..<71])
  func anyPartIsRead(_ range: Range<Int>) throws {
    let reader = try spool.reader(job: "job", name: "picture")
    #expect(reader.count == 100)
    #expect(try reader.bytes(in: range) == Array([UInt8](0...99)[range]))
  }

  @Test func aBufferIsFilledToTheEndOfTheBlobAndKeepsTheRest() throws {
    let reader = try spool.reader(job: "job", name: "picture")
    var buffer = [UInt8](repeating: 255, count: 40)
    #expect(try reader.read(from: 10, into: &buffer) == 40)
    #expect(buffer == [UInt8](10...49))
    #expect(try reader.read(from: 97, into: &buffer) == 3)
    #expect(buffer == [97, 98, 99] + [UInt8](13...49))
    #expect(try reader.read(from: 100, into: &buffer) == 0)
  }

  @Test func removedBlobStaysReadable() throws {
    let reader = try spool.reader(job: "job", name: "picture")
    try spool.removeJob("job")
    #expect(try reader.bytes(in: 98..<100) == [98, 99])
  }

  @Test func blobThatLostBytesIsAnError() throws {
    let reader = try spool.reader(job: "job", name: "picture")
    try scratch.file("spool/job/picture", "abc")
    #expect(throws: SpoolError.self) { try reader.bytes(in: 0..<100) }
    #expect(try reader.bytes(in: 0..<3) == [UInt8]("abc"))
  }

  @Test func missingBlobIsAnError() throws {
    #expect(throws: SpoolError.self) { try spool.reader(job: "job", name: "other") }
    #expect(try spool.reader(job: "job", name: "empty").count == 0)
  }

  @Test func recordIsReplacedWholeAndIsNoJob() throws {
    try spool.writeRecord([UInt8]("one").span, name: "catalogue.json")
    try spool.writeRecord([UInt8]("two").span, name: "catalogue.json")
    #expect(try scratch.text("spool/catalogue.json") == "two")
    #expect(scratch.mode("spool/catalogue.json") == 0o600)
    #expect(try spool.jobs() == ["job"])
  }
}
