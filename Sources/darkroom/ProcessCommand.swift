import ArgumentParser
import Daemon
import Foundation
import Spool
import Workers

struct ProcessCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "process",
    abstract: "Runs a pipeline on local images; nothing is called or charged.",
    discussion: """
      Each image gets DIR/<its name>/ with the pipeline's outputs and a manifest:

        darkroom process --pipeline web --output out photo.jpg
      """)

  @OptionGroup var options: ConfigurationOptions
  @Option(help: ArgumentHelp("A pipeline's name, or a file that ends in .yaml.", valueName: "pipeline"))
  var pipeline: String
  @Option(help: ArgumentHelp("The folder that gets a directory for each image.", valueName: "dir"))
  var output: String
  @Argument(help: ArgumentHelp("WebP, PNG or JPEG files.", valueName: "image"))
  var images: [String]

  func run() async throws {
    let settings = try options.loadWithoutKey()
    let pipeline = try Pipelines.pipeline(self.pipeline, folder: settings.pipelineFolder)
    let workers = try WorkerPool(settings.worker, limits: settings.limits, kept: settings.workers)
    let processor: LocalProcessor
    do {
      processor = try LocalProcessor(
        pipeline: pipeline, output: output, workers: workers, count: settings.workers)
    } catch {
      throw CommandFailure("\(error)")
    }
    let failures = await withTaskGroup(of: Bool.self) { group in
      var failures = 0
      var finished = 0
      var waiting = images[...]
      func next() {
        guard let image = waiting.popFirst() else { return }
        group.addTask { await Self.process(image, processor) }
      }
      // A few more than the workers, so that reading one goes on beside working on another.
      for _ in 0..<(settings.workers + 2) { next() }
      for await isPublished in group {
        finished += 1
        failures += isPublished ? 0 : 1
        Console.progress("\(finished) of \(images.count)")
        next()
      }
      Console.progress(nil)
      return failures
    }
    if failures > 0 { throw DarkroomCommand.Exit.someFailed }
  }

  /// - Returns: whether the image was published.
  private static func process(_ image: String, _ processor: LocalProcessor) async -> Bool {
    guard let data = FileManager.default.contents(atPath: image) else {
      Console.error("\(image): it cannot be read")
      return false
    }
    do {
      let name = URL(filePath: image).deletingPathExtension().lastPathComponent
      let published = try await processor.process(Array(data), name: name)
      Console.progress(nil)
      Console.out("\(image)\t\(published.place)/\t\(published.files.joined(separator: " "))")
      for warning in published.warnings { Console.note("warning: \(image): \(warning)", .warning) }
      return true
    } catch {
      Console.progress(nil)
      Console.error("\(image): \(error)")
      return false
    }
  }
}
