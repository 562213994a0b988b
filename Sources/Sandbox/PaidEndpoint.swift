/// The calls that make pictures and cost money.
enum PaidEndpoint: String, CaseIterable, Sendable {
  case generate = "/image/generate"
  case generations = "/images/generations"
  case edit = "/image/edit"
  case multiEdit = "/image/multi-edit"
  case upscale = "/image/upscale"
  case backgroundRemove = "/image/background-remove"

  /// Beneath the base URL.
  var path: String { rawValue }

  /// Beside JSON, which all of them take.
  var acceptsMultipart: Bool {
    switch self {
    case .generate, .generations: false
    case .edit, .multiEdit, .upscale, .backgroundRemove: true
    }
  }

  /// What its answers' ids begin with.
  var idPrefix: String {
    switch self {
    case .generate, .generations: "generate-image"
    case .edit, .multiEdit: "edit-image"
    case .upscale: "upscale-image"
    case .backgroundRemove: "background-remove"
    }
  }
}
