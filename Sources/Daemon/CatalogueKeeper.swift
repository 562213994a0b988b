import Catalogue
import ImageAPI
import Ledger
import Spool
import Synchronization

/// Keeps the catalogue in use fresh: the one this program was built with, until there is one that was fetched.
final class CatalogueKeeper: Sendable {
  private let spool: SpoolDirectory
  private let client: APIClient
  private let lifetime: Duration
  private let observe: @Sendable (DaemonEvent) -> Void
  private let catalogue: Mutex<Catalogue>
  /// The cache is written here.
  private let disk = BlockingWork(name: "catalogue", threads: 1)

  /// Rings when the API has answered or failed for the first time.
  private let asked = Signal()

  private static let patience = Duration.seconds(15)
  /// After this a fetch that failed is tried again.
  private static let retryTime = Duration.seconds(300)

  /// - Parameter lifetime: how old the catalogue may become before it is fetched again.
  init(
    spool: SpoolDirectory, client: APIClient, lifetime: Duration, observe: @escaping @Sendable (DaemonEvent) -> Void
  ) {
    self.spool = spool
    self.client = client
    self.lifetime = lifetime
    self.observe = observe
    catalogue = Mutex(
      CatalogueSource.cached(spool: spool.path, baseURL: client.configuration.baseURL) ?? .bundled)
  }

  var current: Catalogue { catalogue.withLock { $0 } }

  /// Waits for the first answer of the API when nothing was ever fetched, for a request is best checked before it costs
  /// anything. An API that takes longer is not waited for.
  func waitForFirst() async {
    if current.fetched == nil { await asked.wait(atMost: Self.patience) }
  }

  /// Fetches whenever the catalogue has become too old, until the task is cancelled.
  ///
  /// - Parameter asking: sees to it that questions which fail are not too many together with all else that does.
  func keepFresh(asking: some Asking) async {
    while !Task.isCancelled {
      if age >= lifetime {
        let isFetched = await fetch(asking)
        asked.ring()
        if !isFetched {
          // What is known stays in use; the API may be back by then.
          try? await Task.sleep(for: min(Self.retryTime, lifetime))
          continue
        }
      }
      // Age tells nobody of itself. An age is known to the second: less than one would be a busy loop.
      try? await Task.sleep(for: max(lifetime - age, .seconds(1)))
    }
  }

  /// A clock that was set back makes nothing older.
  private var age: Duration {
    guard let fetched = current.fetched else { return lifetime }
    return .seconds(max(0, Int(Timestamp.now().microseconds / 1_000_000) - fetched))
  }

  private func fetch(_ asking: some Asking) async -> Bool {
    do throws(QueryError) {
      let fetched = try await CatalogueSource.fetch(by: client, asking: asking)
      catalogue.withLock { $0 = fetched }
      await keep(fetched)
      observe(.catalogueFetched(models: fetched.models.count))
      return true
    } catch {
      if !Task.isCancelled { observe(.catalogueUnavailable(reason: error.description)) }
      return false
    }
  }

  /// The cache is a convenience: without it the next start asks again.
  private func keep(_ fetched: Catalogue) async {
    let bytes = fetched.encoded(baseURL: client.configuration.baseURL)
    do throws(SpoolError) {
      try await disk.run { [spool] () throws(SpoolError) in
        try spool.writeRecord(bytes.span, name: CatalogueSource.cacheName)
      }
    } catch {
      observe(.catalogueNotKept(path: "\(spool.path)/\(CatalogueSource.cacheName)", reason: error.description))
    }
  }
}
