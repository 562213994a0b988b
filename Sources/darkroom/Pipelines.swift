import Foundation
import Requests

/// Where pipelines come from: a folder of files, or those that are built into the program.
enum Pipelines {
  /// The files of `pipelines/` at the top of the project.
  static let builtIn: [(name: String, bytes: [UInt8])] = [
    ("archive.yaml", PackageResources.archive_yaml),
    ("default.yaml", PackageResources.default_yaml),
    ("icon.yaml", PackageResources.icon_yaml),
    ("print.yaml", PackageResources.print_yaml),
    ("shop.yaml", PackageResources.shop_yaml),
    ("social.yaml", PackageResources.social_yaml),
    ("texture.yaml", PackageResources.texture_yaml),
    ("web.yaml", PackageResources.web_yaml),
  ]

  /// - Parameter folder: `nil` for the built-in ones.
  static func read(folder: String?) throws -> PipelineFolder {
    guard let folder else { return PipelineReader.read(builtIn) }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw SettingsError(origin: "pipelines", message: "the folder \(folder) cannot be read")
    }
    return PipelineReader.read(
      try names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.map { name in
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
          throw SettingsError(origin: "pipelines", message: "\(folder)/\(name) cannot be read")
        }
        return (name, Array(data))
      })
  }

  /// All pipelines, or what is wrong with the first that cannot be read.
  static func catalog(folder: String?) throws -> PipelineCatalog {
    let read = try read(folder: folder)
    if let mistake = read.mistakes.first {
      throw SettingsError(origin: "\(folder ?? "built-in pipeline") \(mistake.file)", message: "\(mistake.error)")
    }
    return read.catalog
  }

  /// One pipeline: a file's path, or the name of a configured or built-in one.
  static func pipeline(_ nameOrFile: String, folder: String?) throws -> Pipeline {
    if nameOrFile.hasSuffix(".yaml") || nameOrFile.hasSuffix(".yml") {
      guard let data = FileManager.default.contents(atPath: nameOrFile) else {
        throw CommandFailure("the pipeline file \(nameOrFile) cannot be read")
      }
      do {
        return try PipelineReader.read(Array(data), file: nameOrFile)
      } catch {
        throw CommandFailure("\(nameOrFile), \(error)")
      }
    }
    let catalog = try catalog(folder: folder)
    guard let pipeline = catalog[nameOrFile] else {
      throw CommandFailure(
        "there is no pipeline \"\(nameOrFile)\"; there are \(catalog.names.joined(separator: ", ")), "
          + "or name a file that ends in .yaml")
    }
    return pipeline
  }
}
