import Documents
import Foundation
import Synchronization
import Testing

@testable import ImageAPI

/// Uploads are read while they are sent.
struct UploadContentTests {
  /// Bytes that are made when they are asked for; remembers what was asked.
  private final class MadeContent: UploadContent {
    struct Records {
      var count: Int
      var mostAtOnce = 0
      var asked: [Range<Int>] = []
      var underWay = 0
      var mostUnderWay = 0
    }

    enum Flaw: Equatable {
      case none
      /// Fails when a byte at or after this one is asked for, but for the last.
      case fails(from: Int)
      /// Gives fewer bytes than asked for.
      case short(from: Int)
      /// Its length changes after this byte was read.
      case grows(from: Int)
      case gone
    }

    private struct Unreadable: Error, CustomStringConvertible { let description = "EIO" }

    let flaw: Flaw
    let records: Mutex<Records>
    private let size: Int

    init(_ count: Int, _ flaw: Flaw = .none) {
      size = count
      self.flaw = flaw
      records = Mutex(Records(count: count))
    }

    var count: Int { records.withLock(\.count) }

    static func byte(at offset: Int) -> UInt8 { UInt8(truncatingIfNeeded: offset &* 167 &+ offset >> 8) }

    static func bytes(_ count: Int) -> [UInt8] { (0..<count).map(byte) }

    func bytes(in range: Range<Int>) async throws -> [UInt8] {
      records.withLock {
        $0.asked.append(range)
        $0.mostAtOnce = max($0.mostAtOnce, range.count)
        $0.underWay += 1
        $0.mostUnderWay = max($0.mostUnderWay, $0.underWay)
      }
      await Task.yield()
      records.withLock { $0.underWay -= 1 }
      let isProbe = range == size - 1..<size
      switch flaw {
      case .gone: throw Unreadable()
      case .fails(let place) where range.upperBound > place && !isProbe: throw Unreadable()
      case .short(let place) where range.upperBound > place && !isProbe:
        return [UInt8](repeating: 0, count: range.count - 1)
      case .grows(let place) where range.upperBound > place && !isProbe: records.withLock { $0.count += 1 }
      case .none, .fails, .short, .grows: break
      }
      return range.map(Self.byte)
    }
  }

  private func upload(_ path: [String], _ content: any UploadContent) -> Upload {
    Upload(path: path, fileName: "image.png", mediaType: "image/png", content: content)
  }

  private func multiEdit(_ count: Int) throws -> ImageAPI.Operation {
    try operation(
      .multiEdit, #"{"prompt": "p"}"#,
      files: (0..<count).map { FileField(path: ["images", "\($0)"], source: .inbox("a")) })
  }

  private func whole(_ body: RequestBody) async throws -> (bytes: [UInt8], largest: Int) {
    var bytes: [UInt8] = []
    var largest = 0
    for try await piece in body {
      bytes += Array(piece.readableBytesView)
      largest = max(largest, piece.readableBytes)
    }
    return (bytes, largest)
  }

  @Test func formOf40MB_isReadPieceByPiece() async throws {
    let contents = [MadeContent(20 << 20), MadeContent(20 << 20)]
    try await TestServer.with(.init(reply: { _ in [TestServer.response(200, body: tinyPNG, type: "image/png")] })) {
      server in
      let outcome = try await client(port: server.port).call(
        multiEdit(2), uploads: contents.enumerated().map { upload(["images", "\($0)"], $1) }, idempotencyKey: "k",
        into: CollectingSink())
      guard case .response = outcome else {
        Issue.record("\(outcome)")
        return
      }
      let request = try #require(server.requests.first)
      #expect(request["content-length"] == "\(request.body.count)")
      #expect(request["transfer-encoding"] == nil)
      let expected = MadeContent.bytes(20 << 20)
      let boundary = try #require(request["content-type"]?.split(separator: "=").last)
      // The form: a prompt, two files, the end.
      var text = Array(
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\np\r\n".utf8)
      for _ in 0..<2 {
        text += Array(
          "--\(boundary)\r\nContent-Disposition: form-data; name=\"images\"; filename=\"image.png\"\r\nContent-Type: image/png\r\n\r\n"
            .utf8)
        text += expected + Array("\r\n".utf8)
      }
      #expect(request.body == text + Array("--\(boundary)--\r\n".utf8))
    }
    for content in contents {
      content.records.withLock {
        #expect($0.mostAtOnce == 256 << 10)
        #expect($0.mostUnderWay == 1)
        // The last byte first, then every byte once and in order.
        #expect($0.asked.first == (20 << 20) - 1..<20 << 20)
        #expect($0.asked.dropFirst().reduce(0) { $1.lowerBound == $0 ? $1.upperBound : -1 } == 20 << 20)
      }
    }
  }

  /// What a server does not read is not asked for: kernel buffers and a few pieces, however large the file is.
  @Test func serverThatDoesNotRead_isNotReadAheadFor() async throws {
    let content = MadeContent((25 << 20) - 1)
    try await TestServer.with(.init(isDeaf: true)) { server in
      let client = try client(port: server.port)
      let edit = try operation(
        .edit, #"{"prompt": "p"}"#, files: [FileField(path: ["image"], source: .inbox("a"))])
      try await withThrowingTaskGroup(of: CallOutcome.self) { group in
        group.addTask {
          await client.call(edit, uploads: [upload(["image"], content)], idempotencyKey: "k", into: CollectingSink())
        }
        func asked() -> Int { content.records.withLock { $0.asked.dropFirst().last?.upperBound ?? 0 } }
        var before = -1
        var unchanged = 0
        while unchanged < 20 {
          unchanged = asked() == before && before > 0 ? unchanged + 1 : 0
          before = asked()
          try await Task.sleep(for: .milliseconds(10))
        }
        #expect(before < 16 << 20)
        group.cancelAll()
        #expect(
          try await group.next() == .unknown(UnknownOutcome(reason: .cancelled, head: nil, bytesReceived: 0)))
      }
    }
  }

  @Test(arguments: [1, 2, 3, 196_607, 196_608, 196_609, 196_610, 393_216, 500_000])
  func base64InJSON_isExact(count: Int) async throws {
    let content = MadeContent(count)
    let generate = try operation(
      .generate,
      #"{"model": "m", "style_references": [{"strength": 0.50, "image": "\#(tinyPNGBase64)"}, {"strength": 1}], "prompt": "é\"\n"}"#,
      files: [FileField(path: ["style_references", "1", "image"], source: .inbox("a"))])
    let body = try RequestBody(generate, uploads: [upload(["style_references", "1", "image"], content)])
    try await body.probe()
    let (bytes, largest) = try await whole(body)
    let base64 = Data(MadeContent.bytes(count)).base64EncodedString()
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"{"model":"m","style_references":[{"strength":0.50,"image":"\#(tinyPNGBase64)"},{"strength":1,"image":"\#(base64)"}],"prompt":"é\"\n"}"#
    )
    #expect(body.count == bytes.count)
    #expect(body.contentType == "application/json")
    #expect(largest <= 256 << 10)
    let most = content.records.withLock(\.mostAtOnce)
    #expect(most <= 192 << 10)
  }

  @Test(arguments: [1, 262_143, 262_144, 262_145])
  func formsLength_isExact(count: Int) async throws {
    let body = try RequestBody(multiEdit(1), uploads: [upload(["images", "0"], MadeContent(count))])
    let bytes = try await whole(body).bytes
    #expect(body.count == bytes.count)
    #expect(bytes.firstRange(of: MadeContent.bytes(count)) != nil)
  }

  /// Found before anything is sent, so it costs nothing.
  @Test func contentThatIsGone_isNotSent() async throws {
    try await TestServer.with(.init()) { server in
      let outcome = try await client(port: server.port).call(
        multiEdit(1), uploads: [upload(["images", "0"], MadeContent(1 << 20, .gone))], idempotencyKey: "k",
        into: CollectingSink())
      #expect(outcome == .notSent(.uploads("'images.0' cannot be read: EIO")))
      #expect(server.connections == 0)
    }
  }

  /// The head is out by then, so nobody can say that nothing was sent.
  @Test(arguments: [
    (3 << 20, "'images.1' cannot be read: EIO"), (0, "'images.1' cannot be read: EIO"),
    (-1, "'images.1' changed its length while it was sent; it had 4194304 bytes"),
    (-2, "'images.1' changed its length while it was sent; it had 4194304 bytes"),
  ])
  func contentThatFailsOnTheWay_isUnknown(place: Int, why: String) async throws {
    let flaw: MadeContent.Flaw =
      switch place {
      case -1: .short(from: 1 << 20)
      case -2: .grows(from: 1 << 20)
      default: .fails(from: place)
      }
    let answer = TestServer.response(200, body: tinyPNG, type: "image/png")
    try await TestServer.with(.init(reply: { _ in [answer] })) { server in
      let outcome = try await client(port: server.port).call(
        multiEdit(2),
        uploads: [upload(["images", "0"], tinyPNG), upload(["images", "1"], MadeContent(4 << 20, flaw))],
        idempotencyKey: "k", into: CollectingSink())
      #expect(
        outcome == .unknown(UnknownOutcome(reason: .uploadFailed(why), head: nil, bytesReceived: 0)))
      // It was told a length that never came.
      #expect(server.requests.isEmpty)
    }
  }

  @Test func limits_holdForContents() async throws {
    let edit = try operation(.edit, #"{"prompt": "p"}"#, files: [FileField(path: ["image"], source: .previous)])
    let content = MadeContent(25 << 20)
    let outcome = try await client(port: 1).call(
      edit, uploads: [upload(["image"], content)], idempotencyKey: "k", into: CollectingSink())
    guard case .notSent(.uploads(let why)) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(why.contains("26214400 bytes; the API takes less than 26214400"))
    let asked = content.records.withLock(\.asked)
    #expect(asked.isEmpty)
  }
}
