import NIOSSL

/// Where the API is and how long it may take. Validated once, here.
public struct APIConfiguration: Sendable {
  public static let defaultBaseURL = "https://api.venice.ai/api/v1"

  /// Without a slash at its end.
  public let baseURL: String
  /// `nil` where nobody has one: then only what the API tells everybody can be asked.
  public let key: APIKey?
  /// For one call, from its first step to its last byte.
  public let timeout: Duration
  /// For name resolution, the connection and TLS together.
  public let connectTimeout: Duration
  /// Bytes of a response body. Four pictures of 25 MB in base64 and some air.
  public let responseLimit: Int
  /// Between the attempts of a free query; with none there is one attempt. Each that fails counts as a failed request of
  /// the key: who makes many requests asks once, and again later.
  public var queryPauses: [Duration] = [.milliseconds(250), .seconds(1)]
  /// Tests replace it to trust their own server.
  var tls: TLSConfiguration

  public init(
    baseURL: String = Self.defaultBaseURL, key: APIKey?, timeout: Duration = .seconds(300),
    connectTimeout: Duration = .seconds(10), responseLimit: Int = 192 << 20
  ) throws(APIConfigurationError) {
    self.baseURL = try Self.checked(baseURL)
    guard timeout > .zero else { throw .nonPositive("timeout") }
    guard connectTimeout > .zero else { throw .nonPositive("connect time-out") }
    guard responseLimit > 0 else { throw .nonPositive("response limit") }
    self.key = key
    self.timeout = timeout
    self.connectTimeout = connectTimeout
    self.responseLimit = responseLimit
    tls = .makeClientConfiguration()
  }

  private static func checked(_ text: String) throws(APIConfigurationError) -> String {
    guard ImageArgument.isURL(text) else { throw .baseURL(text, why: "it must begin with http:// or https://") }
    // A password in the URL would show in messages.
    guard !text.contains("@") else { throw .credentialsInBaseURL }
    guard !text.contains("?"), !text.contains("#") else {
      throw .baseURL(text, why: "it must end with a path, without '?' or '#'")
    }
    var trimmed = text[...]
    while trimmed.last == "/" { trimmed.removeLast() }
    return String(trimmed)
  }
}

public enum APIConfigurationError: Error, Hashable, Sendable {
  case emptyKey
  case malformedKey
  case baseURL(String, why: String)
  case credentialsInBaseURL
  case nonPositive(String)
}

extension APIConfigurationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .emptyKey: "the API key is empty: put it in api.key-file or in $VENICE_API_KEY"
    case .malformedKey: "the API key has characters that no key has: it must be one line of printable ASCII"
    case .baseURL(let url, let why): "the base URL '\(url)' cannot be used: \(why)"
    case .credentialsInBaseURL: "the base URL holds a user name or password: remove everything up to the '@'"
    case .nonPositive(let name): "the \(name) must be more than zero"
    }
  }
}
