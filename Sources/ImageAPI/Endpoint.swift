/// The paid calls of the image API.
public enum Endpoint: String, Sendable, Hashable, Codable, CaseIterable {
  case generate
  case generations
  case edit
  case multiEdit = "multi-edit"
  case upscale
  case backgroundRemove = "background-remove"

  /// Beneath the base URL.
  public var path: String {
    switch self {
    case .generate: "/image/generate"
    case .generations: "/images/generations"
    case .edit: "/image/edit"
    case .multiEdit: "/image/multi-edit"
    case .upscale: "/image/upscale"
    case .backgroundRemove: "/image/background-remove"
    }
  }
}
