import Foundation
import Testing

/// What one of libjpeg-turbo's own programs makes of a file.
func jpegTool(_ name: String, _ arguments: [String] = [], _ bytes: [UInt8]) throws -> [UInt8] {
  let directory = FileManager.default.temporaryDirectory.appending(path: "jpeg-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: directory) }
  let (input, output) = (directory.appending(path: "in.jpg"), directory.appending(path: "out"))
  try Data(bytes).write(to: input)
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/\(name)")
  process.arguments = arguments + ["-outfile", output.path(), input.path()]
  try process.run()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
  return [UInt8](try Data(contentsOf: output))
}
