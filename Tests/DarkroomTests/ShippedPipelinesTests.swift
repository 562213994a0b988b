import Foundation
import Testing

/// The pipelines that ship, with pictures of unusual sizes (`shipped_pipelines.py`, which takes any, a hundred megapixels
/// too).
@Suite(.timeLimit(.minutes(5))) struct ShippedPipelinesTests {
  @Test(arguments: ["1x1", "1x700", "1021x769"])
  func picturesOfAnySizeGoThrough_orAreRefusedForIt(_ size: String) async throws {
    let pipelines = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "pipelines").path()
    let words = try await Python.run("shipped_pipelines.py", Command.path, pipelines, size)
    #expect(words.split(separator: "\n").count == 3, "\(words)")
  }
}
