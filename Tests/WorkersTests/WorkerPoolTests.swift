import Codecs
import Foundation
import Metadata
import Processing
import Raster
import Synchronization
import Testing

@testable import Workers

@Suite struct WorkerPoolTests {
  // MARK: The same as within the process

  @Test(arguments: [nil, Pictures.unsound])
  func outputsAreThoseOfTheProcessorToTheByte(_ program: String?) throws {
    let (original, recipe, facts) = (try Pictures.png(), try Pictures.recipe(), Pictures.facts())
    let report = try Processor.examine(original.span)
    let plan = try Processor.plan(recipe, for: report, original: OriginalFacts(), job: facts)
    var expected: [Made] = []
    try Processor.run(plan, original: original.span) { (output) throws(Never) in
      expected.append(Made(planned: output.planned, bytes: output.bytes, warnings: output.warnings))
    }
    #expect(expected.count == 3)
    let found = try Pictures.pool(program).run(original, recipe, facts)
    #expect(found == expected)
  }

  @Test func everyQuestionIsAnsweredAsWithinTheProcess() throws {
    let pool = try Pictures.pool(nil)
    let original = try Pictures.png()
    let picture = try OpenPicture(original.span)
    #expect(try pool.header(of: picture) == Codec.header(original.span))
    let report = try Processor.examine(original.span)
    let found = try pool.examine(picture)
    #expect(found.header == report.header && found.orientation == report.orientation && found.damage == nil)
    #expect(try pool.inspect(picture) == Inspection(of: original.span))
    try pool.verifyInterim(picture, original: OriginalFacts(), by: Verification(), job: Pictures.facts())
    let bounds = InputBounds(pixels: 1...200, bytes: 100_000)
    #expect(try pool.fitted(picture, to: bounds) == Processor.fitted(original.span, to: bounds))
    #expect(try pool.fitted(picture, to: InputBounds(bytes: 100_000)) == nil)
    // One worker has done it all.
    #expect(pool.waiting.count == 1)
  }

  @Test func whatIsWrongWithAPictureIsToldInTheSameWords() throws {
    let pool = try Pictures.pool(nil, limits: Limits(pixels: 4000, bytes: 100_000))
    let whole = try Pictures.png()
    let cases: [[UInt8]] = [
      Array("no picture at all".utf8), [], Array(whole.prefix(whole.count - 40)), try Pictures.png(100, 50),
      [UInt8](repeating: 0x20, count: 100_001),
    ]
    for bytes in cases {
      func outcome(_ body: () throws -> Void) -> ProcessingError? {
        do {
          try body()
          return nil
        } catch {
          if case RunError<Never>.processing(let error) = error { return error }
          return error as? ProcessingError
        }
      }
      let expected = outcome {
        let report = try Processor.examine(bytes.span, limits: pool.limits)
        let plan = try Processor.plan(
          try Pictures.recipe(), for: report, original: OriginalFacts(), job: Pictures.facts(), limits: pool.limits)
        try Processor.run(plan, original: bytes.span, limits: pool.limits) { (_: FinishedOutput) throws(Never) in }
      }
      let found = outcome { _ = try pool.run(bytes, try Pictures.recipe(), Pictures.facts()) }
      #expect(expected != nil)
      #expect(found == expected)
    }
    // A picture that is refused is no reason to end a worker.
    #expect(pool.waiting.count == 1)
  }

  /// What a trim leaves is seen by the worker, and the plan is made here.
  @Test func aTrimIsPlannedOfWhatTheWorkerSees() throws {
    let pool = try Pictures.pool(nil)
    var pixels = [UInt8](repeating: 255, count: 30 * 20 * 3)
    for y in 5..<10 { for x in 3..<20 { pixels[(y * 30 + x) * 3] = 0 } }
    let original = try PNG.encode(
      Image(size: Size(width: 30, height: 20), layout: .rgb8, pixels: pixels), options: PNG.Options())
    let report = try pool.examine(try OpenPicture(original.span), for: [Trim()])
    let left = Region(x: 3, y: 5, size: Size(width: 17, height: 5))
    #expect(report.surveys == [OriginalReport.Survey(trim: Trim(), region: left)])
    let recipe = Recipe(
      outputs: [OutputRecipe(file: try FileNameTemplate("{width}x{height}.png"), format: .png, trim: Trim())])
    let made = try pool.run(original, recipe, Pictures.facts())
    #expect(made.map(\.planned.name.settled) == ["17x5.png"])
    let bytes = made[0].bytes
    let size = try Codec.header(bytes.span).size
    #expect(size == left.size)
  }

  /// The picture has a header, but is cut: what is told says whether its pixels were asked for.
  @Test func noPixelIsDecodedForATrimOfAPictureThatTheRecipeDoesNotTake() throws {
    let pool = try Pictures.pool(nil)
    let cut = Array(try Pictures.png(90, 60).dropLast(20))
    func failure(_ wanted: Size, _ action: Verification.MismatchAction = .fail) throws -> ProcessingError? {
      let recipe = Recipe(
        verification: Verification(size: .exact(wanted), onMismatch: action),
        outputs: [OutputRecipe(file: try FileNameTemplate("a.png"), format: .png, trim: Trim())])
      return #expect(throws: RunError<Never>.self) { try pool.run(cut, recipe, Pictures.facts()) }?.failure
    }
    let (found, wanted) = (Size(width: 90, height: 60), Size(width: 91, height: 60))
    #expect(try failure(wanted) == .size(expected: .exact(wanted), found: found))
    #expect(try failure(found) == .original(.truncated(.png)))
    #expect(try failure(wanted, .accept) == .original(.truncated(.png)))
  }

  /// Confined as it is: outputs are made at the same time where there is more than one processor.
  @Test(.timeLimit(.minutes(2))) func aWorkerMakesOutputsSideBySide() throws {
    let pool = try Pictures.pool(nil)
    let slow = Encoding.webp(WebP.Options(method: 6))
    let recipe = Recipe(
      outputs: try [700, 699, 698].map { width in
        OutputRecipe(
          file: try FileNameTemplate("{width}.webp"), format: .webp, resize: Resize(width: width), encoding: slow)
      })
    let original = try Pictures.png(900, 600)
    _ = try pool.header(of: try Pictures.open())
    let worker = try #require(pool.waiting.first)
    let isDone = Atomic(false)
    let most = Atomic(0)
    let watch = Thread {
      while !isDone.load(ordering: .acquiring) {
        let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/task").count
        most.max(threads ?? 0, ordering: .relaxed)
      }
    }
    watch.start()
    defer { isDone.store(true, ordering: .releasing) }
    let made = try pool.run(original, recipe, Pictures.facts())
    #expect(made.map(\.planned.size.width) == [700, 699, 698])
    #expect(most.load(ordering: .relaxed) == min(Processor.processors, 3))
    #expect(pool.waiting == [worker])
    let left = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/task").count
    #expect(left == 1)
  }

  // MARK: What a picture may do to a worker

  @Test(arguments: [
    ("crash", Interruption.signalled(SIGSEGV, words: "")),
    ("exit", .exited(status: 3, words: "")),
    ("memory", .outOfMemory(limit: 512 << 20)),
    ("huge", .garbled(reason: "4294967295 bytes")),
    ("close", .signalled(SIGKILL, words: "")),
    ("socket", .signalled(SIGSYS, words: "")),
    ("execute", .signalled(SIGSYS, words: "")),
  ])
  func aWorkerThatEndsIsToldOfAndTheNextPictureIsWorkedOn(_ fault: String, _ reason: Interruption) throws {
    let pool = try Pictures.pool(memory: 512 << 20)
    let error = #expect(throws: RunError<Never>.self) {
      try pool.run(try Pictures.png(), try Pictures.recipe(), Pictures.facts("[worker:\(fault)]"))
    }
    #expect(error?.failure == .interrupted(reason))
    #expect(pool.waiting == [])
    #expect(try pool.run(try Pictures.png(), try Pictures.recipe(), Pictures.facts()).count == 3)
  }

  @Test func aWorkerThatWantsAFileDoesNotGetIt() throws {
    let made = try Pictures.pool().run(
      try Pictures.png(), try Pictures.recipe(), Pictures.facts("[worker:open]"))
    #expect(made.count == 3)
  }

  @Test func aTrapIsToldInItsOwnWords() throws {
    let pool = try Pictures.pool()
    let error = #expect(throws: RunError<Never>.self) {
      try pool.run(try Pictures.png(), try Pictures.recipe(), Pictures.facts("[worker:trap]"))
    }
    guard case .interrupted(.signalled(let number, let words))? = error?.failure else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(number == SIGILL || number == SIGTRAP)
    #expect(words.hasSuffix("Fatal error: a decoder's mistake") && words.count < 200)
  }

  @Test func whatIsNoAnswerIsNotBelieved() throws {
    let error = #expect(throws: RunError<Never>.self) {
      try Pictures.pool().run(try Pictures.png(), try Pictures.recipe(), Pictures.facts("[worker:garbage]"))
    }
    guard case .interrupted(.garbled)? = error?.failure else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: ["loop", "sleep", "talk"])
  func aWorkerThatTakesTooLongIsEnded(_ fault: String) throws {
    let pool = try Pictures.pool(time: .seconds(1))
    let start = ContinuousClock.now
    let error = #expect(throws: RunError<Never>.self) {
      try pool.run(try Pictures.png(), try Pictures.recipe(), Pictures.facts("[worker:\(fault)]"))
    }
    #expect(error?.failure == .interrupted(.outOfTime(seconds: 1)))
    // Twice, since the first worker's trouble may have been its own.
    #expect(.now - start >= .seconds(2) && .now - start < .seconds(20))
  }

  @Test func aPictureIsGivenToTwoWorkersAndNotToAThird() throws {
    let pool = try Pictures.pool()
    var plans = 0
    #expect(throws: RunError<Never>.self) {
      try pool.run(
        try Pictures.open(),
        plan: { report throws(ProcessingError) in
          plans += 1
          if plans > 2 { throw .nameCollision(name: "a third") }
          return try Processor.plan(
            Recipe(outputs: []), for: report, original: OriginalFacts(), job: Pictures.facts("[worker:crash]"))
        }, emit: { _, _, _ throws(Never) in })
    }
    #expect(plans == 2)
  }

  @Test func anothersTroubleIsNotThePictures() throws {
    let pool = try Pictures.pool()
    let (original, recipe) = (try Pictures.png(), try Pictures.recipe())
    #expect(try pool.run(original, recipe, Pictures.facts()).count == 3)
    // The worker that waits crashes on it; a fresh one does not.
    #expect(try pool.run(original, recipe, Pictures.facts("[worker:old-crash]")).count == 3)
  }

  @Test func aWorkerThatEndedWhileItWaitedIsReplaced() throws {
    let pool = try Pictures.pool(nil)
    let picture = try Pictures.open()
    _ = try pool.header(of: picture)
    let first = try #require(pool.waiting.first)
    kill(first, SIGKILL)
    _ = try pool.header(of: picture)
    #expect(pool.waiting.count == 1 && pool.waiting != [first])
  }

  @Test func aWorkerKilledBetweenTwoOutputsCostsNoOutputAndDoublesNone() throws {
    let pool = try Pictures.pool(nil)
    let (original, recipe, facts) = (try Pictures.png(), try Pictures.recipe(), Pictures.facts())
    let expected = try pool.run(original, recipe, facts)
    let workers = Set(pool.waiting)
    var made: [Made] = []
    try pool.run(
      try OpenPicture(original.span),
      plan: { report throws(ProcessingError) in
        try Processor.plan(recipe, for: report, original: OriginalFacts(), job: facts)
      },
      emit: { planned, bytes, notes throws(Never) in
        if made.isEmpty { for worker in workers { kill(worker, SIGKILL) } }
        made.append(
          Made(planned: planned, bytes: bytes.withUnsafeBufferPointer { Array($0) }, warnings: notes.warnings))
      })
    #expect(made == expected)
    #expect(Set(pool.waiting).isDisjoint(with: workers))
  }

  struct Full: Error {}

  @Test func whoeverCannotTakeAnOutputEndsTheRun() throws {
    let pool = try Pictures.pool(nil)
    var count = 0
    let error = #expect(throws: RunError<Full>.self) {
      try pool.run(
        try Pictures.open(),
        plan: { report throws(ProcessingError) in
          do {
            return try Processor.plan(
              try Pictures.recipe(), for: report, original: OriginalFacts(), job: Pictures.facts())
          } catch let error as ProcessingError { throw error } catch { throw .nameCollision(name: "") }
        },
        emit: { _, _, _ throws(Full) in
          count += 1
          throw Full()
        })
    }
    #expect(count == 1)
    if case .emission? = error {} else { Issue.record("\(String(describing: error))") }
  }

  @Test func whatWasTakenOverCannotBeChangedAnyMore() throws {
    let file = try MemoryFile()
    // What the worker holds.
    let theirs = dup(file.number)
    defer { close(theirs) }
    #expect(pwrite(theirs, "sound", 5, 0) == 5)
    try file.withSealedBytes { bytes throws(Never) in
      #expect(pwrite(theirs, "harm!", 5, 0) == -1 && errno == EPERM)
      #expect(ftruncate(theirs, 0) == -1)
      #expect(bytes.withUnsafeBufferPointer { Array($0) } == Array("sound".utf8))
    }
  }

  // MARK: The pool

  @Test func manyPicturesAtOnceAndNoMoreWorkersWaitThanAreKept() async throws {
    let pool = try Pictures.pool(nil, kept: 2)
    let original = try Pictures.png()
    let expected = try Pictures.recipe()
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<12 {
        group.addTask { try pool.run(original, expected, Pictures.facts()).count }
      }
      for try await count in group { #expect(count == 3) }
    }
    #expect((1...2).contains(pool.waiting.count))
  }

  @Test func aWorkerEndsWithItsPool() throws {
    var pool: WorkerPool? = try Pictures.pool(nil)
    _ = try pool?.header(of: try Pictures.open())
    let worker = try #require(pool?.waiting.first)
    #expect(kill(worker, 0) == 0)
    pool = nil
    #expect(kill(worker, 0) == -1)
  }

  // Nobody but root looks into a process that has given up its rights.
  @Test(.enabled(if: getuid() == 0)) func aWorkerIsGivenNoEnvironmentAndNoFiles() throws {
    let pool = try Pictures.pool(nil)
    let file = open("/dev/null", O_RDONLY)
    defer { close(file) }
    _ = try pool.header(of: try Pictures.open())
    let worker = try #require(pool.waiting.first)
    #expect(try Data(contentsOf: URL(filePath: "/proc/\(worker)/environ")).isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/fd").sorted() == ["0", "1", "2", "3"])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(worker)/fd/0") == "/dev/null")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(worker)/cwd") == "/")
  }

  @Test func aProgramThatIsMissingIsToldAtOnce() {
    #expect(throws: WorkerProgramError.missing(places: ["/nowhere/darkroom-worker"])) {
      try Pictures.pool("/nowhere/darkroom-worker")
    }
  }
}

extension RunError where Emission == Never {
  var failure: ProcessingError? { if case .processing(let error) = self { error } else { nil } }
}
