import ArgumentParser
import Codecs
import Foundation
import Processing
import Workers

struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what image files say of themselves: format, size, colour, metadata, provenance, C2PA.")

  @Argument(help: ArgumentHelp("WebP, PNG or JPEG files.", valueName: "file"))
  var files: [String]
  @Flag(help: "One JSON document a line, for programs.")
  var json = false

  func run() async throws {
    let workers = try WorkerPool(limits: Limits(), kept: 1)
    var failures = 0
    for file in files {
      do {
        guard let data = FileManager.default.contents(atPath: file) else {
          throw CommandFailure("it cannot be read")
        }
        let inspection = try workers.inspect(try OpenPicture(Array(data).span))
        Console.out(
          json ? try InspectionReport.json(inspection, file: file) : InspectionReport.table(inspection, file: file))
      } catch let error as CommandFailure {
        failures += 1
        Console.error("\(file): \(error.message)")
      } catch let error as ProcessingError {
        failures += 1
        Console.error("\(file): \(error)")
      }
    }
    if failures > 0 { throw DarkroomCommand.Exit.someFailed }
  }
}
