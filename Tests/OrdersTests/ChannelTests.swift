import Foundation
import Orders
import Testing

@Suite struct ChannelTests {
  /// A message, and what is in the files that came with it.
  private func message<Message: Decodable>(
    _ type: Message.Type, from channel: borrowing Channel, limit: Int = 100, files: Int = 0
  ) throws(ChannelError) -> (message: Message, files: [[UInt8]]) {
    var patience: Duration? = .seconds(5)
    var received = try channel.receive(type, limit: limit, files: files, patience: &patience)
    var contents: [[UInt8]] = []
    while let file = received.files.next() { contents.append(try file.bytes(try file.size())) }
    return (received.message, contents)
  }

  /// Two ends of one socket.
  private func pair() throws -> (ours: Int32, theirs: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    return (ends[0], ends[1])
  }

  @Test func messagesArriveWithTheirFilesInOrder() throws {
    let (ours, theirs) = try pair()
    let one = Channel(socket: ours)
    let two = Channel(socket: theirs)
    let path = NSTemporaryDirectory() + "darkroom-channel-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("first".utf8).write(to: URL(filePath: path))
    let file = open(path, O_RDONLY)
    defer { close(file) }
    let null = open("/dev/null", O_RDONLY)
    defer { close(null) }
    var patience: Duration? = .seconds(5)
    try one.send(["a": 1], files: [file, null], patience: &patience)
    try one.send(["b": 2], patience: &patience)
    let first = try message([String: Int].self, from: two, files: 2)
    #expect(first.message == ["a": 1])
    #expect(first.files == [Array("first".utf8), []])
    let second = try message([String: Int].self, from: two, files: 2)
    #expect(second.message == ["b": 2])
    #expect(second.files == [])
  }

  @Test func aMessageLargerThanTheSocketHoldsArrivesWhole() throws {
    let (ours, theirs) = try pair()
    let text = String(repeating: "ä\n", count: 1 << 20)
    // A thread of its own: both sides block.
    Thread.detachNewThread {
      var patience: Duration?
      try? Channel(socket: ours).send([text], patience: &patience)
    }
    var patience: Duration? = .seconds(60)
    let found = try Channel(socket: theirs).receive([String].self, limit: 16 << 20, patience: &patience).message
    #expect(found == [text])
  }

  @Test func filesThatNobodyAskedForAreNotKept() throws {
    let (ours, theirs) = try pair()
    let one = Channel(socket: ours)
    let two = Channel(socket: theirs)
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    var patience: Duration? = .seconds(5)
    try one.send(1, files: [ends[1]], patience: &patience)
    close(ends[1])
    #expect(try message(Int.self, from: two).message == 1)
    var byte: UInt8 = 0
    // The pipe's end is there: nobody holds the other side.
    #expect(read(ends[0], &byte, 1) == 0)
    close(ends[0])
  }

  @Test func whatIsNoMessageIsRefused() throws {
    for (bytes, reason) in [([9, 0, 0, 0], "9 bytes"), ([2, 0, 0, 0, 0x7B, 0x7B], nil)] as [([UInt8], String?)] {
      let (ours, theirs) = try pair()
      let channel = Channel(socket: theirs)
      write(ours, bytes, bytes.count)
      let error = #expect(throws: ChannelError.self) {
        try message([String: Int].self, from: channel, limit: 8)
      }
      guard case .garbled(let found)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      if let reason { #expect(found == reason) }
      close(ours)
    }
  }

  @Test func whoIsGoneAndWhoIsSilentAreToldApart() throws {
    let (ours, theirs) = try pair()
    let channel = Channel(socket: theirs)
    var patience: Duration? = .milliseconds(30)
    #expect(throws: ChannelError.timedOut) {
      _ = try channel.receive(Int.self, limit: 8, patience: &patience).message
    }
    let isDisturbed = channel.isDisturbed
    #expect(!isDisturbed)
    close(ours)
    patience = .seconds(5)
    #expect(throws: ChannelError.closed) { try message(Int.self, from: channel) }
    #expect(throws: ChannelError.closed) { try channel.send(1, patience: &patience) }
    let isDisturbedNow = channel.isDisturbed
    #expect(isDisturbedNow)
  }
}
