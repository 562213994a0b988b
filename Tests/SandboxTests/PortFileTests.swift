import Foundation
import Testing

@testable import Sandbox

@Suite struct PortFileTests {
  @Test func anOldFileIsReplacedAndNothingElseIsLeft() async throws {
    try await withTemporaryFolder { folder in
      try PortFile.write(80, to: "\(folder)/port")
      try PortFile.write(8080, to: "\(folder)/port")
      #expect(try String(contentsOfFile: "\(folder)/port", encoding: .utf8) == "8080\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["port"])
    }
  }

  @Test func aFolderThatIsNotThereIsNamed() {
    #expect(throws: SandboxError.self) { try PortFile.write(1, to: "/nowhere/port") }
  }
}
