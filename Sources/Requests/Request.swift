import Documents
import ImageAPI
import Metadata

/// A validated request: what someone dropped into the inbox and wants done.
public struct Request: Hashable, Sendable {
  public enum Work: Hashable, Sendable {
    /// A call of the API, its pipeline's layer included.
    case call(Operation)
    /// A local picture, without any call: its path relative to the inbox.
    case source(String)
  }

  public static let priorities = -100...100

  /// The pipeline's name; the pipeline exists.
  public let pipeline: String
  /// The output directory's name, composed (NFC).
  public let name: String
  /// The folder beneath the output tree, its parts joined by `/`; empty for the tree itself.
  public let output: String
  /// Higher goes first.
  public let priority: Int
  public let labels: [String: String]
  public let work: Work
  /// `then`: further operations, each on the picture of the one before.
  public let chain: [Operation]
  /// The request as it was dropped, for the manifest; `null` for a dropped picture.
  public let document: JSONValue
  /// What it says of its picture (`metadata`), over what its pipeline says.
  public let texts: MetadataTexts?

  /// The first call; `nil` for a `source`.
  public var operation: Operation? {
    if case .call(let operation) = work { operation } else { nil }
  }

  /// Paths of the pictures that the request names, relative to the inbox, each once.
  public var files: [String] {
    var paths: [String] = []
    if case .source(let path) = work { paths.append(path) }
    for operation in [operation].compactMap(\.self) + chain {
      for case .inbox(let path) in operation.files.map(\.source) where !paths.contains(path) { paths.append(path) }
    }
    return paths
  }

  /// What may be right and is sent, but deserves a word in the manifest.
  public var warnings: [OperationWarning] {
    (operation?.warnings ?? []) + chain.flatMap(\.warnings)
  }
}
