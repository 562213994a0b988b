import FoundationEssentials

/// The answers that cost nothing: the catalogue, and what a key may do.
struct FreeEndpoints: Sendable {
  let catalogue: Catalogue
  let account: Account
  let requestsPerMinute: Int?

  var styles: Reply { Reply(["object": "list", "data": .array(Catalogue.styles.map(JSON.string))]) }

  /// - Parameter type: the query's; `nil` is all.
  func models(type: String?) -> Reply {
    let type = type ?? "all"
    guard Catalogue.types.contains(type) else {
      return Reply(.invalid("type", "Invalid enum value. Expected \(Catalogue.types.joined(separator: " | "))"))
    }
    let models = catalogue.models.filter { type == "all" || $0.type == type }
    return Reply(["object": "list", "type": .string(type), "data": .array(models.map(\.json))])
  }

  var balance: Reply {
    let balance = account.balance
    return Reply([
      "canConsume": .bool(balance > .zero),
      "consumptionCurrency": "USD",
      "balances": ["diem": .null, "usd": balance.json],
      "diemEpochAllocation": 0,
    ])
  }

  var rateLimits: Reply {
    let day = Date.ISO8601FormatStyle().year().month().day()
    let limits: JSON = [["amount": .number(Decimal(requestsPerMinute ?? 20)), "type": "RPM"]]
    return Reply([
      "data": [
        "accessPermitted": true,
        "apiTier": ["id": "paid", "isCharged": true],
        "balances": ["USD": account.balance.json, "DIEM": 0],
        "keyExpiration": .null,
        "nextEpochBegins": .string("\(Date(timeIntervalSinceNow: 86_400).formatted(day))T00:00:00.000Z"),
        "rateLimits": .array(
          catalogue.models.map { ["apiModelId": .string($0.id), "rateLimits": limits] }),
      ]
    ])
  }
}
