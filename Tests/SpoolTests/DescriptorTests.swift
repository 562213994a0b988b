import Glibc
import Testing

@testable import Spool

@Suite struct DescriptorTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func interruptedCallIsMadeAgain() throws {
    var calls = 0
    let result: Int = try retrying("read", "x") {
      calls += 1
      errno = EINTR
      return calls < 3 ? -1 : 7
    }
    #expect(result == 7)
    #expect(calls == 3)
  }

  @Test func failedCallNamesCallPathAndNumber() {
    #expect(throws: SpoolError.system(call: "open", path: "/nowhere", errno: ENOENT)) {
      _ = try Folder(path: "/nowhere")
    }
  }

  /// A pipe that nobody reads takes 65,536 bytes, then refuses: a write that stopped after its first, short write(2)
  /// would pass for whole.
  @Test func shortWriteIsGoneOnWith() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { close(ends[0]) }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    let (writer, bytes) = (ends[1], [UInt8](repeating: 1, count: 100_000))
    #expect(throws: SpoolError.system(call: "write", path: "pipe", errno: EAGAIN)) {
      try Descriptor("pipe", "pipe") { writer }.writeAll(bytes.span, path: "pipe")
    }
    var taken = [UInt8](repeating: 0, count: 100_000)
    #expect(read(ends[0], &taken, taken.count) == 65_536)
  }

  @Test func fullDiskIsToldFromOtherErrors() throws {
    let error = try #require(throws: SpoolError.self) {
      try Descriptor("open", "/dev/full") { open("/dev/full", O_WRONLY) }.writeAll([1, 2, 3].span, path: "/dev/full")
    }
    #expect(error == .system(call: "write", path: "/dev/full", errno: ENOSPC))
    #expect(error.isOutOfRoom)
    #expect(error.description.hasPrefix("/dev/full: write failed: No space left on device (errno 28); make room"))
  }

  /// Scenario 33: the error of fsync(2) comes out. A pipe has nothing to sync, and says so.
  @Test func errorOfSyncIsThrown() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { close(ends[0]) }
    let writer = ends[1]
    #expect(throws: SpoolError.system(call: "fsync", path: "pipe", errno: EINVAL)) {
      try Descriptor("pipe", "pipe") { writer }.sync(path: "pipe")
    }
  }

  @Test func readStopsAtTheLimit() throws {
    let path = try scratch.file("f", "0123456789")
    func read(expected: Int, limit: Int) throws -> [UInt8]? {
      try Descriptor("open", path) { open(path, O_RDONLY) }.readAll(expected: expected, limit: limit, path: path)
    }
    #expect(try read(expected: 10, limit: 10)?.text == "0123456789")
    #expect(try read(expected: 0, limit: 10)?.text == "0123456789")
    #expect(try read(expected: 3, limit: 100_000)?.text == "0123456789")
    #expect(try read(expected: 10, limit: 9) == nil)
    #expect(try read(expected: 0, limit: 0) == nil)
  }

  @Test func closesWhenItGoes() throws {
    let path = try scratch.file("f")
    let number: Int32
    do {
      let descriptor = try Descriptor("open", path) { open(path, O_RDONLY) }
      number = descriptor.number
      #expect(fcntl(number, F_GETFD) == 0)
    }
    // Another test may have been given the number since; it is not this file then.
    let link = try? FileManagerLink.target(ofDescriptor: number)
    #expect(link != path)
  }
}

enum FileManagerLink {
  /// What a descriptor of this process names.
  static func target(ofDescriptor number: Int32) throws -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/fd/\(number)", &buffer, buffer.count)
    guard count >= 0 else { throw SpoolError.system(call: "readlink", path: "/proc/self/fd/\(number)", errno: errno) }
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
