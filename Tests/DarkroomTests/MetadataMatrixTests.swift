import Foundation
import Testing

/// Every format in and out, every level, pixels changed and unchanged (`metadata_matrix.py`).
@Suite(.timeLimit(.minutes(5))) struct MetadataMatrixTests {
  @Test func otherProgramsReadWhatInspectSays() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "darkroom-matrix-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let words = try await Python.run("metadata_matrix.py", Command.path, folder.path())
    #expect(words == "72 cells, 0 disagreements\n")
  }
}
