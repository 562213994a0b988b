import Foundation
import Testing

@testable import Spool

/// Whether somebody writes to a file is asked by leases, which only the file's owner, or root, may take.
@Suite struct InboxWritersTests {
  let scratch: Scratch
  let inbox: Inbox

  init() throws {
    scratch = try Scratch()
    inbox = Inbox(path: try scratch.folder("inbox"))
  }

  // Scenarios 1, 2.
  @Test func whoeverHasAFileOpenForWritingIsSeenUntilTheClose() throws {
    let path = try scratch.file("inbox/a.json")
    #expect(try inbox.writers(of: "a.json") == .none)
    let writer = open(path, O_WRONLY | O_APPEND)
    let reader = open(path, O_RDONLY)
    defer { close(reader) }
    #expect(try inbox.writers(of: "a.json") == .some)
    close(writer)
    #expect(try inbox.writers(of: "a.json") == .none)
  }

  // A writer that comes while the question is asked is neither refused nor answered with a signal that ends us.
  @Test(.timeLimit(.minutes(1))) func askingDisturbsNobody() async throws {
    let path = try scratch.file("inbox/a.json")
    await withTaskGroup { group in
      group.addTask {
        for _ in 0..<2000 {
          let writer = open(path, O_WRONLY)
          #expect(writer >= 0)
          close(writer)
        }
      }
      group.addTask { [inbox] in
        for _ in 0..<2000 { #expect((try? inbox.writers(of: "a.json")) ?? .unknown != .unknown) }
      }
    }
  }

  @Test func numbersOfFileSystemsAreTold() throws {
    #expect(FileSystemKind(type: 0x6969) == .shared(name: "NFS"))
    #expect(FileSystemKind(type: 0x6573_5546) == .shared(name: "FUSE"))
    // ext4 and tmpfs, by statfs(2).
    #expect(FileSystemKind(type: 0xEF53) == .local)
    #expect(FileSystemKind(type: 0x0102_1994) == .local)
    #expect(try Inbox(path: "/proc").fileSystem() == .local)
  }
}
