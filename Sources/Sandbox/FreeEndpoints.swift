import FoundationEssentials

/// The answers that cost nothing: the catalogue, what a key may do, and what it has spent.
struct FreeEndpoints: Sendable {
  let catalogue: Catalogue
  let account: Account
  let history: UsageHistory
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

  /// - Parameter parameters: the query's, decoded.
  func usage(_ parameters: [(name: String, value: String)]) throws(Refusal) -> Reply {
    let query = try UsageQuery(parameters, secret: history.secret)
    guard let page = history.page(query) else { throw .invalid("cursor", "The cursor has expired") }
    return Reply([
      "data": .array(page.entries.map(\.json)),
      "nextCursor": page.next.map { .string($0.cursor(secret: history.secret)) } ?? .null,
    ])
  }

  /// The local API's own: `POST /sandbox/balance` with `{"usd": 12.5}` adds to the balance, a negative amount takes from
  /// it, down to nothing. Answers as `GET /billing/balance` does.
  func topUp(_ body: [UInt8]) throws(Refusal) -> Reply {
    guard let amount = JSON(parsing: body)?["usd"]?.decimal, abs(amount) <= 1_000_000_000 else {
      throw .invalid("usd", "Expected US dollars to add, such as {\"usd\": 12.5}")
    }
    account.topUp(amount < 0 ? .zero - USD(-amount) : USD(amount))
    return balance
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
