import Testing

@testable import Spool

@Suite struct InboxDropTests {
  let scratch: Scratch
  let inbox: Inbox

  init() throws {
    scratch = try Scratch()
    inbox = Inbox(path: try scratch.folder("inbox"))
  }

  @Test func dropIsWholeReadableByTheGroupAndKnownByItsIdentity() throws {
    let identity = try inbox.drop([UInt8]("{}").span, as: "web/canal.json")
    #expect(try inbox.identity(of: "web/canal.json") == identity)
    #expect(try scratch.text("inbox/web/canal.json") == "{}")
    #expect(scratch.mode("inbox/web/canal.json") == 0o664)
    #expect(scratch.mode("inbox/web") == 0o775)
    #expect(try scratch.tree("inbox") == ["web", "web/canal.json"])
  }

  @Test func waitingFileIsNotOverwritten() throws {
    try scratch.file("inbox/canal.json", "first")
    #expect(throws: SpoolError.occupied(path: scratch.path("inbox/canal.json"))) {
      _ = try inbox.drop([UInt8]("second").span, as: "canal.json")
    }
    #expect(try scratch.text("inbox/canal.json") == "first")
    #expect(try scratch.tree("inbox") == ["canal.json"])
  }
}
