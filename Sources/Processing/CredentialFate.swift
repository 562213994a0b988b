/// What became of the content credential (C2PA) that an original carries, in an output made of it. Any change breaks its
/// signature: it stays where the whole file stays, and nowhere else.
public enum CredentialFate: String, Hashable, Sendable, Codable {
  case kept
  case dropped
}
