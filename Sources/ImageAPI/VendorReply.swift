import Documents

/// An error body in one of the vendor's shapes: `{"error": "text"}` with or without `details` and `issues`, an
/// OpenAI-style `{"error": {"message": …}}`, and x402's payment requirements.
struct VendorReply {
  let error: VendorError
  let paymentProblem: Refusal.PaymentProblem

  /// - Returns: `nil` when the body is none of them: then something other than the vendor may have answered.
  init?(_ body: [UInt8], redactedBy key: APIKey?) {
    guard let value = try? DocumentReader.json(body).value, case .object(let object) = value else { return nil }
    let isPaymentRequirement = object["x402Version"] != nil && object["accepts"] != nil
    var message: String
    var code = object.string("code")
    var issues: [VendorError.Issue] = []
    switch object["error"] {
    case .string(let text)?:
      message = text
      if let more = object.string("message"), more != text { message += ": \(more)" }
    case .object(let inner)?:
      guard let text = inner.string("message") else { return nil }
      message = text
      code = code ?? inner.string("code") ?? inner.string("type")
      if let parameter = inner.string("param") { issues.append(.init(path: [parameter], message: text)) }
      issues += Self.issues(of: inner)
    case nil where isPaymentRequirement:
      message = "Payment required"
    case nil, .null?, .bool?, .number?, .array?:
      return nil
    }
    issues += Self.issues(of: object)

    func redacted(_ text: String) -> String { key?.redacted(from: text) ?? text }
    error = VendorError(
      message: redacted(message), code: code.map(redacted),
      issues: issues.map { .init(path: $0.path.map(redacted), message: redacted($0.message)) })
    paymentProblem =
      if isPaymentRequirement {
        .authenticationMissing
      } else if object["siwxChallenge"] != nil || code == "PAYMENT_REQUIRED" {
        .walletCreditInsufficient(
          currentUSD: object.number("currentBalanceUsd"), minimumUSD: object.number("minimumBalanceUsd"))
      } else {
        .insufficientBalance
      }
  }

  private static func issues(of object: JSONObject) -> [VendorError.Issue] {
    [object["issues"], object["details"]].flatMap { value -> [VendorError.Issue] in
      switch value {
      case .array(let items)?: items.compactMap(issue)
      case .object(let tree)?: issues(in: tree, path: [])
      case nil, .null?, .bool?, .number?, .string?: []
      }
    }
  }

  /// `{"path": ["images", 0], "message": "…"}`
  private static func issue(_ value: JSONValue) -> VendorError.Issue? {
    guard case .object(let object) = value, let message = object.string("message") else { return nil }
    let path: [String] =
      switch object["path"] {
      case .array(let steps)?:
        steps.compactMap {
          if case .string(let text) = $0 { text } else if case .number(let text) = $0 { text } else { nil }
        }
      case .string(let text)?: [text]
      case nil, .null?, .bool?, .number?, .object?: []
      }
    return VendorError.Issue(path: path, message: message)
  }

  /// `{"_errors": [], "field": {"_errors": ["Field is required"]}}`, nested like the body.
  private static func issues(in tree: JSONObject, path: [String]) -> [VendorError.Issue] {
    tree.members.flatMap { member -> [VendorError.Issue] in
      switch member.value {
      case .array(let messages) where member.key == "_errors":
        messages.compactMap { if case .string(let text) = $0 { .init(path: path, message: text) } else { nil } }
      case .object(let deeper): issues(in: deeper, path: path + [member.key])
      case .null, .bool, .number, .string, .array: []
      }
    }
  }
}
