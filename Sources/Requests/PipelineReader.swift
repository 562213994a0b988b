import Documents
import ImageAPI
import Processing

/// Reads pipelines: YAML in, validated ``Pipeline`` values out. It reads no disk.
public enum PipelineReader {
  /// Bytes of a pipeline file.
  public static let byteLimit = 1 << 20

  static let keys = [
    "description", "request", "verify", "collision", "outputs", "after", "accepts-images", "on-unknown", "reuse",
    "fit-input",
  ]

  /// Reads the files of a folder. Hidden files, and those that end neither in `.yaml` nor `.yml`, are left alone.
  ///
  /// - Parameter files: names within the folder, and what is in them.
  public static func read(_ files: [(name: String, bytes: [UInt8])]) -> PipelineFolder {
    var catalog = PipelineCatalog()
    var mistakes: [PipelineFolder.Mistake] = []
    var files = files
    files.sort { $0.name < $1.name }
    var origins: [String: String] = [:]
    for (file, bytes) in files where !file.hasPrefix(".") && Self.stem(of: file) != nil {
      do throws(RequestError) {
        let pipeline = try read(bytes, file: file)
        if let other = origins[pipeline.name] { throw .samePipeline(name: pipeline.name, other: other) }
        origins[pipeline.name] = file
        catalog.add(pipeline)
      } catch {
        mistakes.append(PipelineFolder.Mistake(file: file, error: error))
      }
    }
    return PipelineFolder(catalog: catalog, mistakes: mistakes)
  }

  /// Reads one pipeline, whose name is the file's stem.
  ///
  /// - Parameter file: the file's name, with or without folders.
  public static func read(_ bytes: [UInt8], file: String) throws(RequestError) -> Pipeline {
    let last = file.split(separator: "/").last.map(String.init) ?? file
    guard let stem = stem(of: last) else { throw .unknownKind(file: last, expected: "pipeline (.yaml, .yml)") }
    let name = PlaceName.normalized(stem)
    if let flaw = PlaceName.flaw(name) {
      throw .invalid(Place(position: Position(line: 1, column: 1), path: []), value: name, why: flaw)
    }
    let root: Node
    do throws(DocumentError) {
      root = try DocumentReader.yaml(bytes, limits: DocumentLimits(bytes: byteLimit, values: 20_000))
    } catch {
      throw .document(error)
    }
    return try pipeline(named: name, in: Section(root, path: []))
  }

  private static func stem(of file: String) -> String? {
    for suffix in [".yaml", ".yml"] where file.count > suffix.count && file.lowercased().hasSuffix(suffix) {
      return String(file.dropLast(suffix.count))
    }
    return nil
  }

  private static func pipeline(named name: String, in root: Section) throws(RequestError) -> Pipeline {
    try root.checkKeys(keys) { key in
      OutputReader.keys.contains(key) ? "Settings of an output stand under 'outputs', each in its own mapping" : nil
    }
    let acceptsImages = try root.bool("accepts-images") ?? false
    let layers = try LayerReader.layers(root, pipeline: name, acceptsImages: acceptsImages)
    return Pipeline(
      name: name, description: try root.text("description"), requestLayers: layers,
      collision: try root.choice("collision", Pipeline.Collision.self) ?? .fail, acceptsImages: acceptsImages,
      after: try AfterwardsReader.after(root),
      onUnknown: try root.choice("on-unknown", Pipeline.UnknownOutcome.self) ?? .hold,
      reusesOriginals: try root.bool("reuse") ?? false, fitsInput: try root.bool("fit-input") ?? false,
      recipe: Recipe(
        verification: try VerificationReader.verification(root), outputs: try OutputReader.outputs(root)))
  }
}
