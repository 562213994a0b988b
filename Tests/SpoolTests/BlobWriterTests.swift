import Testing

@testable import Spool

@Suite struct BlobWriterTests {
  let scratch: Scratch
  let spool: SpoolDirectory

  init() throws {
    scratch = try Scratch()
    spool = try SpoolDirectory(path: scratch.path("spool"))
    try spool.createJob("job", blobs: [])
  }

  @Test func blobHasItsNameOnlyWhenFinished() throws {
    var writer = try spool.beginBlob(job: "job", name: "response")
    try writer.append([UInt8]("first ").span)
    #expect(try spool.blobs(job: "job") == [])
    #expect(try scratch.tree("spool/job").count == 1)
    try writer.append([UInt8]("second").span)
    #expect(writer.count == 12)
    #expect(try writer.finish() == 12)
    #expect(try spool.read(job: "job", name: "response").text == "first second")
    #expect(try scratch.tree("spool/job") == ["response"])
    #expect(scratch.mode("spool/job/response") == 0o600)
  }

  /// Larger than what the disk is told to begin with, in crumbs and at once.
  @Test func largeBlobIsWhole() throws {
    let bytes = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 8) }
    var writer = try spool.beginBlob(job: "job", name: "response")
    for start in stride(from: 0, to: 3_000_000, by: 300_000) {
      try writer.append(bytes.span.extracting(start..<start + 300_000))
    }
    try writer.append(bytes.span.extracting(3_000_000...))
    #expect(try writer.finish() == 5_000_000)
    #expect(try spool.read(job: "job", name: "response") == bytes)
  }

  @Test func droppedWriterLeavesNothing() throws {
    do {
      var writer = try spool.beginBlob(job: "job", name: "response")
      try writer.append([1, 2, 3].span)
    }
    #expect(try scratch.tree("spool/job") == [])
  }

  @Test func droppedWriterLeavesTheOldBlob() throws {
    try spool.write([UInt8]("old").span, job: "job", name: "response")
    do {
      var writer = try spool.beginBlob(job: "job", name: "response")
      try writer.append([UInt8]("new").span)
    }
    #expect(try spool.read(job: "job", name: "response").text == "old")
  }

  /// What SIGKILL leaves: a temporary file that is listed nowhere and swept on request.
  @Test func halfWrittenBlobOfACrashCountsForNothing() throws {
    try spool.write([1].span, job: "job", name: "request")
    try scratch.file("spool/job/.4711-1.part", "half")
    #expect(try spool.blobs(job: "job") == ["request"])
    try spool.discardPartials(job: "job")
    #expect(try scratch.tree("spool/job") == ["request"])
  }

  @Test func writerLivesInAnActor() async throws {
    let sink = Sink(try spool.beginBlob(job: "job", name: "response"))
    try await sink.write([UInt8]("streamed"))
    #expect(try await sink.finish() == 8)
    #expect(try spool.read(job: "job", name: "response").text == "streamed")
  }

  private actor Sink {
    private var writer: BlobWriter?

    init(_ writer: consuming sending BlobWriter) { self.writer = consume writer }

    func write(_ bytes: [UInt8]) throws { try writer?.append(bytes.span) }

    func finish() throws -> Int? { try writer.take()?.finish() }
  }
}
