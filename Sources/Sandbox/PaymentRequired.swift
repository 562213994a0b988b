import FoundationEssentials

/// The 402 answers for wallet users (the schema's X402InferencePaymentRequired), with their `PAYMENT-REQUIRED` header.
/// The wallets and tokens in them are nobody's.
enum PaymentRequired {
  /// For a call without a key or a wallet: what could be paid, and how to sign in.
  static func discovery(_ endpoint: PaidEndpoint) -> Reply {
    var members = protocolObject(endpoint)
    members["authOptions"] = [
      "apiKey": [
        "header": "Authorization: Bearer YOUR_API_KEY", "getKey": "https://venice.ai/settings/api",
        "docs": "https://docs.venice.ai/api-reference",
      ],
      "x402Wallet": [
        "header": "SIGN-IN-WITH-X", "legacyHeader": "X-Sign-In-With-X", "topUp": "POST /api/v1/x402/top-up",
        "docs": "https://docs.venice.ai/api-reference/endpoint/x402/top-up",
      ],
    ]
    return reply(members, endpoint)
  }

  /// For a wallet that has too little credit.
  static func insufficientBalance(_ endpoint: PaidEndpoint, balance: USD, now: Date) -> Reply {
    let members: [String: JSON] = [
      "error": "Payment required",
      "code": "PAYMENT_REQUIRED",
      "reason": "insufficient_balance",
      "message": "Insufficient x402 balance",
      "currentBalanceUsd": balance.json,
      "minimumTopUpUsd": 5,
      "suggestedTopUpUsd": 10,
      "supportedTokens": ["USDC"],
      "supportedChains": ["base"],
      "topUpInstructions": [
        "step1": "POST /api/v1/x402/top-up with no payment header to get payment requirements",
        "step2": "Choose a payment option from accepts and sign a USDC transfer authorization",
        "step3": "POST /api/v1/x402/top-up with the signed PAYMENT-SIGNATURE header",
        "receiverWallet": .string(wallet), "tokenAddress": .string(token), "tokenDecimals": 6,
        "network": .string(network), "minimumAmountUsd": 5,
      ],
      "siwxChallenge": [
        "info": [
          "domain": "127.0.0.1", "uri": .string(url(endpoint)), "version": "1",
          "nonce": .string(UUID().uuidString.lowercased()), "issuedAt": .string(now.iso8601Milliseconds),
          "expirationTime": .string(now.addingTimeInterval(300).iso8601Milliseconds),
          "statement": "Sign in to the local API",
        ],
        "supportedChains": [["chainId": .string(network), "type": "eip191"]],
      ],
    ]
    return reply(members, endpoint)
  }

  private static func reply(_ members: [String: JSON], _ endpoint: PaidEndpoint) -> Reply {
    var reply = Reply(.object(members), status: 402)
    reply.headers["PAYMENT-REQUIRED"] =
      Data(JSON.object(protocolObject(endpoint)).serialized.utf8).base64EncodedString()
    return reply
  }

  private static let wallet = "0x0000000000000000000000000000000000000000"
  private static let token = "0x0000000000000000000000000000000000000001"
  /// Base, by CAIP-2.
  private static let network = "eip155:8453"

  private static func url(_ endpoint: PaidEndpoint) -> String { "http://127.0.0.1/api/v1\(endpoint.path)" }

  private static func protocolObject(_ endpoint: PaidEndpoint) -> [String: JSON] {
    [
      "x402Version": 2,
      "resource": ["url": .string(url(endpoint)), "description": "Local API", "mimeType": "application/json"],
      "accepts": [
        [
          "scheme": "exact", "network": .string(network), "asset": .string(token), "amount": "10000000",
          "payTo": .string(wallet), "maxTimeoutSeconds": 300, "extra": ["name": "USD Coin", "version": "2"],
        ]
      ],
    ]
  }
}
