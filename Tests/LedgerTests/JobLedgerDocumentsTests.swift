import Testing

@testable import Ledger

@Suite struct JobLedgerDocumentsTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static func new(_ name: String, request: [UInt8]?) -> NewJob {
    var new = NewJob.named(name)
    new.request = request
    new.work = Array("{\"recipe\":\(name.utf8.count)}".utf8)
    return new
  }

  @Test func aJobIsAcceptedWithWhatItWasAskedAndWhatItIsToDo() throws {
    let ledger = try scratch.ledger()
    let bytes = (0...255).map(UInt8.init)
    let text = try ledger.accepted(Self.new("text", request: bytes))
    let picture = try ledger.accepted(Self.new("picture", request: nil))
    let reopened = try scratch.ledger()
    #expect(try reopened.request(of: text.id) == bytes)
    #expect(try reopened.request(of: picture.id) == nil)
    #expect(try reopened.work(of: picture.id) == Array("{\"recipe\":7}".utf8))
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    #expect(try scratch.sqlite3("SELECT hex(request) FROM documents WHERE request NOT NULL") == digits)
  }

  @Test func whatAJobIsToDoCanBeSaidAnew() throws {
    let ledger = try scratch.ledger()
    let job = try ledger.accepted(Self.new("canal", request: [1]))
    let other = try ledger.accepted(Self.new("bridge", request: [2]))
    try ledger.setWork([7, 8], of: job.id)
    #expect(try ledger.work(of: job.id) == [7, 8])
    #expect(try ledger.work(of: other.id) == Array("{\"recipe\":6}".utf8))
    #expect(try ledger.request(of: job.id) == [1])
  }

  // Scenario 47: they go with the blobs, and before the record of the job.
  @Test func whatIsGivenUpIsGoneAndSaidToBe() throws {
    let ledger = try scratch.ledger()
    let job = try ledger.accepted(Self.new("canal", request: [1]))
    #expect(try ledger.giveUpBlobs(of: [job.id], at: .at(5)) == [], "a job that has not ended")
    #expect(try ledger.request(of: job.id) == [1])
    try ledger.fail(job.id, error: "no", at: .at(4))
    #expect(try ledger.giveUpBlobs(of: [job.id], at: .at(5)) == [job.id])
    #expect(throws: LedgerError.nothingKept(job.id)) { try ledger.request(of: job.id) }
    #expect(throws: LedgerError.nothingKept(job.id)) { try ledger.work(of: job.id) }
    #expect(throws: LedgerError.nothingKept(job.id)) { try ledger.setWork([1], of: job.id) }
    let stranger = JobID.next()
    #expect(throws: LedgerError.noSuchJob(stranger)) { try ledger.work(of: stranger) }
  }
}
