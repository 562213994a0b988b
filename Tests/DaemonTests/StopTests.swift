import Foundation
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(3))) struct StopTests {
  @Test("a stop finishes the call that is paid for, and begins no other (scenario 29)")
  func stopFinishesTheCallUnderWayAndBeginsNoOther() async throws {
    let isStopped = DispatchSemaphore(value: 0)
    let (calls, call) = AsyncStream<Void>.makeStream()
    let stub = try StubAPI { request in
      guard request.isPaid else { return nil }
      call.yield()
      _ = isStopped.wait(timeout: .now() + 60)
      // Time for a daemon that cuts its calls off to do so.
      usleep(500_000)
      return nil
    }
    let workshop = try Workshop()
    for name in ["a", "b"] {
      let request = #"{"generate": {"model": "plain", "prompt": "A canal", "width": 256, "height": 256}}"#
      try workshop.drop(request, as: "\(name).json")
    }
    var settings = Workshop.Settings()
    settings.concurrency = 1
    try await workshop.serve(settings, port: stub.port) { daemon in
      _ = await calls.first { _ in true }
      daemon.stop()
      // For a second call as well, if there is one.
      for _ in 1...2 { isStopped.signal() }
    }
    #expect(try workshop.ledger("SELECT state FROM jobs ORDER BY state") == ["published", "queued"])
    #expect(workshop.files(in: "output").count == 2)
    #expect(stub.calls.count == 1)
  }
}
