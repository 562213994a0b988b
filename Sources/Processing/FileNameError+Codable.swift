extension FileNameError: Codable {
  /// The cases with what they hold; a character of Unicode has no coding of its own.
  private enum Coded: Codable {
    case empty
    case unbalancedBrace(template: String)
    case unknownPlaceholder(String, nearest: String, template: String)
    case forbiddenCharacter(UInt32, template: String)
    case forbiddenBeginning(template: String)
    case reserved(template: String)
    case tooLong(template: String)
    case noValue(placeholder: String, template: String)
  }

  public init(from decoder: any Decoder) throws {
    self =
      switch try Coded(from: decoder) {
      case .empty: .empty
      case .unbalancedBrace(let template): .unbalancedBrace(template: template)
      case .unknownPlaceholder(let found, let nearest, let template):
        .unknownPlaceholder(found, nearest: nearest, template: template)
      case .forbiddenCharacter(let value, let template):
        .forbiddenCharacter(Unicode.Scalar(value) ?? "\u{FFFD}", template: template)
      case .forbiddenBeginning(let template): .forbiddenBeginning(template: template)
      case .reserved(let template): .reserved(template: template)
      case .tooLong(let template): .tooLong(template: template)
      case .noValue(let placeholder, let template): .noValue(placeholder: placeholder, template: template)
      }
  }

  public func encode(to encoder: any Encoder) throws {
    let coded: Coded =
      switch self {
      case .empty: .empty
      case .unbalancedBrace(let template): .unbalancedBrace(template: template)
      case .unknownPlaceholder(let found, let nearest, let template):
        .unknownPlaceholder(found, nearest: nearest, template: template)
      case .forbiddenCharacter(let scalar, let template): .forbiddenCharacter(scalar.value, template: template)
      case .forbiddenBeginning(let template): .forbiddenBeginning(template: template)
      case .reserved(let template): .reserved(template: template)
      case .tooLong(let template): .tooLong(template: template)
      case .noValue(let placeholder, let template): .noValue(placeholder: placeholder, template: template)
      }
    try coded.encode(to: encoder)
  }
}
