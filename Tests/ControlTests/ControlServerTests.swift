import Documents
import Foundation
import Synchronization
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(1))) struct ControlServerTests {
  @Test func aQuestionIsAnsweredWithItsItemsInOrderAndItsEnd() async throws {
    try await Post.open { post in
      let about = JSONObject([("text", .string("Straße \"x\"\n")), ("n", .number("1.50"))])
      #expect(try await post.client.ask(ControlQuestion("echo", about: about)) == about)
      let numbers = Mutex<[Int]>([])
      _ = try await post.client.ask(ControlQuestion("list", about: JSONObject([("count", .number("5000"))]))) { item in
        numbers.withLock { $0.append(item["number"]?.integer ?? -1) }
      }
      #expect(numbers.withLock { $0 } == Array(0..<5000))
    }
  }

  @Test func thePeerIsWhoTheKernelSaysItIs() async throws {
    try await Post.open { post in
      _ = try await post.client.ask(ControlQuestion("echo"))
      #expect(
        post.counter.peers.withLock { $0 } == [ControlPeer(user: getuid(), group: getgid(), process: getpid())])
    }
  }

  @Test func refusalsAndFailuresComeInTheDesksWords() async throws {
    try await Post.open { post in
      await #expect(throws: ControlError.refused(ControlRefusal(.refused, "not today"))) {
        try await post.client.ask(ControlQuestion("no"))
      }
      await #expect(throws: ControlError.refused(ControlRefusal(.failed, "the disk is on fire"))) {
        try await post.client.ask(ControlQuestion("break"))
      }
      await #expect(throws: ControlError.refused(ControlRefusal(.unknownWord, "there is no word dance"))) {
        try await post.client.ask(ControlQuestion("dance"))
      }
    }
  }

  @Test func aDaemonOfAnotherSpoolSaysSo() async throws {
    try await Post.open { post in
      let client = ControlClient(path: post.path, spool: "/other")
      await #expect(
        throws: ControlError.otherDaemon(path: post.path, words: "this daemon works on the spool /spool")
      ) { try await client.ask(ControlQuestion("echo")) }
      #expect(post.counter.peers.withLock { $0 }.isEmpty)
    }
  }

  @Test(arguments: ["0", "2", "\"1\"", "null"])
  func anotherVersionIsSentAwayWithTheOwn(version: String) async throws {
    try await Post.open { post in
      let answer = await RawPeer.exchange(
        post.path, Array("{\"control\": \(version), \"word\": \"echo\", \"spool\": \"/spool\"}\n".utf8))
      #expect(answer.contains(#""kind":"version""#) && answer.contains(#""speaks":1"#), "\(answer)")
    }
  }

  // MARK: Hostile peers

  @Test(arguments: [
    "", "\n", "hello\n", "GET / HTTP/1.1\r\n\r\n", "[]\n", "{\n", "{}\n", "null\n", "{\"control\":1}\n",
    "{\"control\":1,\"word\":7,\"spool\":\"/spool\"}\n", String(repeating: "[", count: 5000) + "\n",
    "{\"control\":1,\"control\":1}\n", "\u{0}\u{0}\n",
  ])
  func garbageIsRefusedAndHarmsNobody(garbage: String) async throws {
    try await Post.open { post in
      let peer = try #require(RawPeer(post.path))
      await peer.send(Array(garbage.utf8))
      peer.stopSending()
      let answer = await peer.rest()
      #expect(answer.isEmpty || answer.hasPrefix(#"{"error":{"kind":"#), "\(answer)")
      #expect(post.counter.peers.withLock { $0 }.isEmpty)
      _ = try await post.client.ask(ControlQuestion("echo"))
    }
  }

  /// Every prefix of a question, and every byte of it spoiled, by a generator with a fixed seed.
  @Test func cutAndSpoiledQuestionsAreRefusedAndHarmNobody() async throws {
    try await Post.open { post in
      let question = ControlQuestion("echo", about: JSONObject([("a", .array([.number("1"), .string("ä")]))]))
      let line = question.line(spool: "/spool")
      var seed: UInt64 = 7
      func next() -> UInt8 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: seed >> 33)
      }
      for index in line.indices {
        var spoiled = line
        spoiled[index] = next()
        for bytes in [Array(line[..<index]), spoiled] {
          let peer = try #require(RawPeer(post.path))
          await peer.send(bytes)
          peer.stopSending()
          let answer = await peer.rest()
          #expect(answer.isEmpty || answer.hasPrefix(#"{"error":"#) || answer.hasPrefix(#"{"end":"#), "\(answer)")
        }
      }
      _ = try await post.client.ask(ControlQuestion("echo"))
    }
  }

  @Test func aQuestionWithoutEndIsCutOffAtItsLimit() async throws {
    try await Post.open { post in
      let peer = try #require(RawPeer(post.path))
      let isTaken = await peer.send([UInt8](repeating: 0x20, count: 8 << 20))
      let answer = await peer.rest()
      // What is said may be lost with the connection: more was sent than anybody read.
      #expect(!isTaken || answer.contains("too-large"))
      _ = try await post.client.ask(ControlQuestion("echo"))
    }
  }

  @Test func aQuestionThatComesByteByByteIsCutOffInTime() async throws {
    var limits = ControlServer.Limits()
    limits.question = .milliseconds(200)
    try await Post.open(limits: limits) { post in
      let answer = await RawPeer.exchange(post.path, Array("{\"control\"".utf8))
      #expect(answer.contains(#""kind":"too-slow""#), "\(answer)")
    }
  }

  /// A list of 64 MB that nobody reads: what waits in the daemon stays small, and the peer is let go.
  @Test func aPeerThatDoesNotReadIsLetGo() async throws {
    var limits = ControlServer.Limits()
    limits.writing = .milliseconds(200)
    try await Post.open(limits: limits) { post in
      let peer = try #require(RawPeer(post.path))
      let about = JSONObject([("count", .number("64")), ("size", .number("\(1 << 20)"))])
      await peer.send(ControlQuestion("list", about: about).line(spool: "/spool"))
      _ = try await post.client.ask(ControlQuestion("echo"))
      // Nobody reads for twice the time that writing may take; what a server does not do shows in nothing else.
      try await Task.sleep(for: .milliseconds(400))
      let rest = await peer.rest()
      #expect(rest.utf8.count < 4 << 20)
      #expect(!rest.contains(#"{"end""#))
    }
  }

  @Test func manyPeersOfOneUserDoNotKeepTheirNumberForEver() async throws {
    var limits = ControlServer.Limits()
    limits.peersOfAUser = 3
    // Nothing is written that could fail: that they have gone is seen by itself.
    limits.beat = .seconds(600)
    try await Post.open(limits: limits) { post in
      var idle: [RawPeer] = []
      for _ in 0..<3 {
        let peer = try #require(RawPeer(post.path))
        await peer.send(ControlQuestion("wait").line(spool: "/spool"))
        idle.append(peer)
      }
      try await Post.until { post.counter.waiting.withLock { $0 } == 3 }
      await #expect(
        throws: ControlError.refused(
          ControlRefusal(.tooMany, "too many ask this daemon at once; ask again in a moment"))
      ) { try await post.client.ask(ControlQuestion("echo")) }
      idle = []
      // Who leaves makes room, and what was asked for them ends.
      try await Post.until { post.counter.waiting.withLock { $0 } == 0 }
      try await Post.until { (try? await post.client.ask(ControlQuestion("echo"))) != nil }
    }
  }

  @Test func threeHundredPeersAtOnceAreAllAnsweredOrSentAway() async throws {
    try await Post.open { post in
      let answered = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<300 {
          group.addTask {
            do {
              _ = try await post.client.ask(ControlQuestion("echo"))
              return true
            } catch ControlError.refused(let refusal) where refusal.kind == .tooMany {
              return false
            } catch ControlError.unusable {
              // The kernel's own queue was full for long (EAGAIN, unix(7)).
              return false
            }
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(answered >= 1)
      _ = try await post.client.ask(ControlQuestion("echo"))
    }
  }

  // MARK: The end

  @Test func whoWaitsIsCutOffWhenTheDaemonStops() async throws {
    let asked = try await Post.open { post in
      let peer = try #require(RawPeer(post.path))
      await peer.send(ControlQuestion("wait").line(spool: "/spool"))
      try await Post.until { post.counter.waiting.withLock { $0 } == 1 }
      return peer
    }
    // Beats at most, and no answer.
    let said = await asked.rest().replacing("{\"beat\":true}\n", with: "")
    #expect(said == "")
  }

  @Test func aDaemonThatHasNothingToSayIsHeardAndASilentOneIsNotWaitedFor() async throws {
    var limits = ControlServer.Limits()
    limits.beat = .milliseconds(20)
    try await Post.open(limits: limits) { post in
      let patient = ControlClient(path: post.path, spool: "/spool", silence: .seconds(2))
      await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { _ = try await patient.ask(ControlQuestion("wait")) }
        // Longer than the silence: who gives up first is seen.
        group.addTask { try await Task.sleep(for: .seconds(3)) }
        // No answer was missed.
        #expect(await (try? group.next()) != nil)
        group.cancelAll()
      }
    }
    try await Post.open { post in
      let impatient = ControlClient(path: post.path, spool: "/spool", silence: .milliseconds(100))
      await #expect(throws: ControlError.silent(path: post.path, after: .milliseconds(100))) {
        try await impatient.ask(ControlQuestion("wait"))
      }
    }
  }
}
