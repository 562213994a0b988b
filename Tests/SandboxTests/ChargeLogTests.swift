import Foundation
import Testing

@testable import Sandbox

@Suite struct ChargeLogTests {
  @Test func linesAreAppendedToWhatIsThere() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/charges"
      try Data("before\n".utf8).write(to: URL(fileURLWithPath: path))
      let log = try ChargeLog(path: path)
      try log.append(["usd": 1])
      try log.append(["usd": 2])
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "before\n{\"usd\":1}\n{\"usd\":2}\n")
    }
  }

  @Test func manyWritersDoNotMixLines() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/charges"
      let log = try ChargeLog(path: path)
      let long = String(repeating: "x", count: 5000)
      try await withThrowingTaskGroup { group in
        for number in 0..<40 {
          group.addTask { try log.append(["number": .string("\(number)"), "text": .string(long)]) }
        }
        try await group.waitForAll()
      }
      let numbers = try charges(path).map { Int($0["number"]?.string ?? "") ?? -1 }
      #expect(numbers.sorted() == Array(0..<40))
    }
  }

  @Test func aFolderThatIsNotThereIsNamed() {
    #expect(throws: SandboxError.file(call: "open", path: "/nowhere/charges", errno: ENOENT)) {
      try ChargeLog(path: "/nowhere/charges")
    }
  }

  @Test func aFullDiskIsAnError() throws {
    let log = try ChargeLog(path: "/dev/full")
    #expect(throws: SandboxError.file(call: "write", path: "/dev/full", errno: ENOSPC)) { try log.append([:]) }
  }
}
