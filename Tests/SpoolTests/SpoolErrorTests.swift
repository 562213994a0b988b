import Glibc
import Testing

@testable import Spool

@Suite struct SpoolErrorTests {
  @Test(arguments: [
    (
      SpoolError.system(call: "open", path: "/inbox/a.json", errno: EACCES),
      "/inbox/a.json: open failed: Permission denied (errno 13); give the daemon's user the rights to it"
    ),
    (
      .locked(path: "/spool", holder: 4711),
      "/spool is in use by another daemon (process 4711); stop the other daemon, or give this one a spool of its own"
    ),
    (
      .refused(path: "/inbox/a.json", .hardLinks(2)),
      "/inbox/a.json is a file with 2 names (hard links), not a file to read; "
        + "put a copy there, a file with one name only"
    ),
    (
      .occupied(path: "/output/web/canal"),
      "/output/web/canal exists already; take another name, or say collision: suffix or replace"
    ),
    (.tooLarge(path: "/a", limit: 10), "/a is larger than 10 bytes; make it smaller, or raise the limit"),
  ]) func messageSaysWhatOnWhatAndWhatNext(_ error: SpoolError, _ message: String) {
    #expect(error.description == message)
  }

  @Test func commonCausesAreToldApart() {
    func system(_ number: Int32) -> SpoolError { .system(call: "x", path: "/", errno: number) }
    #expect([ENOSPC, EDQUOT].allSatisfy { system($0).isOutOfRoom })
    #expect([EACCES, EPERM, EROFS].allSatisfy { system($0).isDenied && !system($0).isOutOfRoom })
    #expect(system(ENOENT).isMissing)
    #expect(!SpoolError.occupied(path: "/").isMissing)
  }

  @Test func identityIsReadBackFromItsText() {
    let identity = FileIdentity(inode: .max, size: 5, modified: .init(seconds: -1, nanoseconds: 999_999_999))
    #expect(identity.description == "18446744073709551615:5:-1.999999999")
    #expect(FileIdentity(identity.description) == identity)
    for text in ["", "1:2", "1:2:3", "1:2:3.4.5", "a:2:3.4", "1:2:3.4:5"] { #expect(FileIdentity(text) == nil) }
  }
}
