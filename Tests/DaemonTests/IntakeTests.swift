import Foundation
import Glibc
import Ledger
import Spool
import Testing

@testable import Daemon

/// What is taken from the inbox, when, and in which order. Hours pass by being told, not by waiting.
@Suite(.timeLimit(.minutes(2))) struct IntakeTests {
  private let workshop: Workshop
  private let inbox: String
  private static let whole = Workshop.request("A canal")

  init() throws {
    workshop = try Workshop()
    inbox = workshop.folder + "/inbox"
  }

  private func write(_ text: String, to file: Int32) {
    #expect(Glibc.write(file, text, text.utf8.count) == text.utf8.count)
  }

  @Test("a file that somebody has open waits for the close, however whole it looks (scenarios 1, 2)")
  func openFileWaitsForItsClose() async throws {
    let door = try Doorway(workshop)
    let writer = open("\(inbox)/a.json", O_WRONLY | O_CREAT, 0o600)
    write(Self.whole, to: writer)
    for hours in 0..<5 { try await door.look(now: .now + .seconds(3600 * hours)) }
    #expect(door.said == [])
    close(writer)
    try await door.look(["a.json"], isRound: false)
    #expect(door.said == ["accepted a.json"])
    #expect(workshop.files(in: "inbox") == [])
  }

  @Test("where the kernel cannot tell, half a document waits for its other half (scenarios 1, 2)")
  func halfADocumentWaits() async throws {
    let door = try Doorway(workshop)
    let half = Self.whole.utf8.count / 2
    try workshop.drop(String(Self.whole.prefix(half)), as: "a.json")
    for hours in 0..<5 { try await door.look(isLocal: false, now: .now + .seconds(3600 * hours)) }
    #expect(door.said == [])
    try workshop.drop(Self.whole, as: "a.json")
    let later = ContinuousClock.now + .seconds(20_000)
    try await door.look(isLocal: false, now: later)
    #expect(door.said == [])
    try await door.look(isLocal: false, now: later + door.configuration.settling)
    #expect(door.said == ["accepted a.json"])
  }

  @Test("a file renamed in is taken at once, also one that its writer has open (scenarios 1, 11)")
  func renamedFileIsTakenAtOnceAndItsCopyIsTheTruth() async throws {
    let door = try Doorway(workshop)
    let writer = open("\(workshop.folder)/a.json", O_WRONLY | O_CREAT, 0o600)
    defer { close(writer) }
    write(Self.whole, to: writer)
    rename("\(workshop.folder)/a.json", "\(inbox)/a.json")
    try await door.look(["a.json"], isRound: false)
    write("and more", to: writer)
    let job = try #require(try door.ledger.jobs().first)
    #expect(try door.ledger.request(of: job.id) == Array(Self.whole.utf8))
  }

  @Test("what the watch and the scan both tell of is one job (scenario 5)")
  func watchAndScanTogetherMakeOneJob() async throws {
    let door = try Doorway(workshop)
    try workshop.drop(Self.whole, as: "a.json")
    try await door.look(["a.json"])
    #expect(door.said == ["accepted a.json"])
    #expect(try door.jobs() == ["a.json"])
  }

  @Test("what came before the watch is found by the scan behind it, what comes later by the watch (scenario 5)")
  func nothingFallsBetweenWatchAndScan() async throws {
    let door = try Doorway(workshop)
    try workshop.drop(Self.whole, as: "before.json")
    try await door.whileOpen { [workshop] in
      try await door.hears("accepted before.json")
      try workshop.drop(Self.whole, as: "after.json")
      try await door.hears("accepted after.json")
    }
    #expect(door.said == ["watched", "accepted before.json", "accepted after.json"])
  }

  @Test("files of a folder that is moved in are found (scenario 6)")
  func movedFolderIsLookedThrough() async throws {
    let door = try Doorway(workshop, Workshop.Settings(pipelines: ["default": Workshop.plain, "new": Workshop.plain]))
    try FileManager.default.createDirectory(atPath: "\(workshop.folder)/new/deep", withIntermediateDirectories: true)
    for path in ["a.json", "deep/b.json"] {
      try Data(Self.whole.utf8).write(to: URL(filePath: "\(workshop.folder)/new/\(path)"))
    }
    try workshop.drop(Self.whole, as: "first.json")
    try await door.whileOpen { [workshop, inbox] in
      // The look at everything is over by then.
      try await door.hears("accepted first.json")
      rename("\(workshop.folder)/new", "\(inbox)/new")
      try await door.hears("accepted new", times: 2)
    }
    #expect(
      door.said.sorted() == ["accepted first.json", "accepted new/a.json", "accepted new/deep/b.json", "watched"])
  }

  @Test("a partial file that is there at the start waits for the rest (scenario 7)")
  func partialFileOfAnEarlierLifeWaits() async throws {
    let door = try Doorway(workshop)
    try workshop.drop(String(Self.whole.dropLast()), as: "a.json")
    for hours in 0..<5 { try await door.look(now: .now + .seconds(3600 * hours)) }
    #expect(door.said == [])
    let writer = open("\(inbox)/a.json", O_WRONLY | O_APPEND)
    write("}", to: writer)
    close(writer)
    try await door.look(["a.json"], isRound: false)
    #expect(door.said == ["accepted a.json"])
  }

  @Test("a copy that kept an old time settles from first sight (scenario 8)")
  func oldTimeIsNoRest() async throws {
    let door = try Doorway(workshop)
    try workshop.drop(Self.whole, as: "a.json")
    var times = [timeval(tv_sec: 1_000_000_000, tv_usec: 0), timeval(tv_sec: 1_000_000_000, tv_usec: 0)]
    #expect(utimes("\(inbox)/a.json", &times) == 0)
    let start = ContinuousClock.now
    let settling = door.configuration.settling
    try await door.look(isLocal: false, now: start)
    try await door.look(isLocal: false, now: start + settling - .nanoseconds(1))
    #expect(door.said == [])
    try await door.look(isLocal: false, now: start + settling)
    #expect(door.said == ["accepted a.json"])
  }

  @Test("what is no regular file with one name is refused with a reason, once, and blocks nobody (scenarios 9, 10)")
  func oddFilesAreRefusedAndBlockNobody() async throws {
    let door = try Doorway(workshop)
    mkfifo("\(inbox)/fifo.json", 0o600)
    mkdir("\(inbox)/folder.json", 0o700)
    symlink("/etc/passwd", "\(inbox)/link.json")
    try Data(Self.whole.utf8).write(to: URL(filePath: "\(workshop.folder)/mine.json"))
    link("\(workshop.folder)/mine.json", "\(inbox)/two.json")
    try workshop.drop(Self.whole, as: "good.json")
    for _ in 0..<3 {
      try await door.look(["fifo.json"])
      try await door.look(now: .now + .seconds(3600))
    }
    let reason = "it is no regular file; put one there"
    #expect(
      door.said.sorted() == [
        "accepted good.json", "obstacle fifo.json: \(reason)", "obstacle folder.json: \(reason)",
        "obstacle link.json: \(reason)",
        "obstacle two.json: \(inbox)/two.json is a file with 2 names (hard links), not a file to read; "
          + "put a copy there, a file with one name only",
      ])
    // A program that links its file in and then removes the other name has done no wrong.
    unlink("\(workshop.folder)/mine.json")
    try await door.look()
    #expect(door.said.last == "accepted two.json")
  }

  @Test("what is no request is refused with line and column, and kept (scenario 12)")
  func badFilesAreRefusedWithTheirPlace() async throws {
    let door = try Doorway(workshop)
    let files: [(name: String, bytes: [UInt8], place: (Int, Int))] = [
      ("invalid.json", Array("{\"generate\":\n  {\"prompt\" 1}}".utf8), (2, 13)),
      ("latin.json", Array("{\"generate\": {\"prompt\": \"caf".utf8) + [0xE9, 0x22, 0x7D, 0x7D], (1, 29)),
      ("twice.json", Array("{\"name\": \"a\",\n \"name\": \"b\"}".utf8), (2, 2)),
      ("deep.json", Array(String(repeating: "[", count: 10_000).utf8), (1, 65)),
    ]
    for file in files { try workshop.drop(file.bytes, as: file.name) }
    try await door.look(files.map(\.name), isRound: false)
    try await door.look(isRound: false, now: .now + .seconds(10))
    for file in files {
      #expect(try workshop.contents("failed/\(file.name)") == file.bytes)
      let report = try workshop.json("failed/\(file.name).error.json")
      #expect(report["line"] as? Int == file.place.0, "\(file.name)")
      #expect(report["column"] as? Int == file.place.1, "\(file.name)")
    }
    #expect(workshop.files(in: "inbox") == [])
    #expect(try door.jobs() == [])
  }

  @Test("two names are two jobs, the same name again meets the collision rule (scenario 13)")
  func sameFileTwice() async throws {
    let door = try Doorway(workshop)
    for name in ["a.json", "b.json", "a.json"] {
      try workshop.drop(Self.whole, as: name)
      try await door.look([name], isRound: false)
    }
    #expect(try door.jobs() == ["a.json", "b.json"])
    #expect(door.said.count == 3)
    #expect(door.said.last?.hasPrefix("refused a.json: the place a belongs to job ") ?? false)
  }

  @Test("names of work in progress are left alone (scenario 14)")
  func workInProgressIsLeftAlone() async throws {
    let door = try Doorway(workshop)
    let names = [
      ".a.json", "b.json.part", "c.json.tmp", "d.json~", ".#e.json", ".f.json.swp", "#g.json#", ".hidden/h.json",
    ]
    for name in names { try workshop.drop(Self.whole, as: name) }
    for hours in 0..<3 { try await door.look(now: .now + .seconds(3600 * hours)) }
    #expect(door.said == [])
  }

  @Test("many files become jobs in the order of their arrival, each once (scenario 16)")
  func manyFilesAreTakenInTheOrderOfTheirArrival() async throws {
    let door = try Doorway(workshop)
    // Names say nothing of the order: 7 and 300 have no common divisor.
    let names = (0..<300).map { String(format: "r%03d.json", $0 * 7 % 300) }
    for name in names {
      try workshop.drop(Self.whole, as: name)
      // The inode's clock ticks every few milliseconds; its time is set by the next change of the inode.
      var before = stat()
      var after = stat()
      stat("\(inbox)/\(name)", &before)
      repeat {
        chmod("\(inbox)/\(name)", 0o600)
        stat("\(inbox)/\(name)", &after)
      } while (before.st_ctim.tv_sec, before.st_ctim.tv_nsec) == (after.st_ctim.tv_sec, after.st_ctim.tv_nsec)
    }
    try await door.look()
    #expect(try door.jobs() == names)
    #expect(workshop.files(in: "inbox") == [])
  }

  @Test("a request waits for its image, says so once, and goes on when it is there (scenario 17)")
  func requestWaitsForItsImage() async throws {
    let door = try Doorway(workshop)
    try workshop.drop("edit: { image: photo.png, prompt: Make it night }", as: "a.yaml")
    for _ in 0..<3 { try await door.look() }
    #expect(door.said == ["waits a.yaml: photo.png"])
    // Half of the image is no image.
    let writer = open("\(inbox)/photo.png", O_WRONLY | O_CREAT, 0o600)
    try await door.look(now: .now + .seconds(5))
    #expect(door.said.count == 1)
    let picture = Workshop.picture(width: 256, height: 256)
    #expect(Glibc.write(writer, picture, picture.count) == picture.count)
    close(writer)
    try await door.look(["photo.png"], isRound: false)
    #expect(door.said == ["waits a.yaml: photo.png", "accepted a.yaml"])
  }

  @Test("an image that does not come in time is the end of its request (scenario 17)")
  func requestWaitsForItsImageOnlySoLong() async throws {
    let door = try Doorway(workshop)
    try workshop.drop("edit: { image: photo.png, prompt: Make it night }", as: "a.yaml")
    let start = ContinuousClock.now
    try await door.look(now: start)
    try await door.look(isRound: false, now: start + door.configuration.imageWait - .nanoseconds(1))
    #expect(door.said == ["waits a.yaml: photo.png"])
    try await door.look(isRound: false, now: start + door.configuration.imageWait)
    #expect(door.said.last == "refused a.yaml: the image photo.png is not in the inbox")
    #expect(workshop.files(in: "failed") == ["a.yaml", "a.yaml.error.json"])
  }
}
