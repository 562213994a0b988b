import Documents
import ImageAPI

extension Section {
  /// Where an error about this section's body stands: at the key for an unknown field, at the value otherwise, and at
  /// what lacks it for a missing one.
  ///
  /// - Parameter path: from the section to the value, where that is not the error's own path.
  func place(of error: OperationError, path: [String]? = nil) -> Place {
    let path = path ?? error.path
    let fullPath = place.path + path
    guard let first = path.first, let entry = entries.first(where: { $0.key == first }) else {
      return Place(position: place.position, path: fullPath)
    }
    let rest = path.dropFirst()
    if case .unknownField = error {
      guard let last = rest.last else { return Place(position: entry.keyPosition, path: fullPath) }
      if let unknown = entry.node.node(at: rest.dropLast())?[last] {
        return Place(position: unknown.keyPosition, path: fullPath)
      }
    }
    return Place(position: entry.node.position(at: rest), path: fullPath)
  }
}
