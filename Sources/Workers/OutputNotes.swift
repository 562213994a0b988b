import Processing

/// What is to be said of an output's metadata beside its bytes.
public struct OutputNotes: Hashable, Sendable {
  /// What was left out or cut.
  public let warnings: [ProcessingWarning]
  public let credential: CredentialFate?
}
