import Catalogue
import Codecs
import ImageAPI
import Ledger
import Workers

/// Everything the daemon is told once, at start.
public struct DaemonConfiguration: Sendable {
  /// The four trees, absolute paths.
  public var inbox: String
  public var output: String
  public var failed: String
  public var spool: String
  /// Pixel work in parallel; at least 1.
  public var workers: Int
  /// Paid calls in flight at once; at least 1.
  public var concurrency: Int
  /// Paid calls begun in any minute; at least 1.
  public var requestsPerMinute: Int
  public var limits: Limits
  /// Of the processes that open pictures.
  public var worker: WorkerPool.Configuration
  public var retry: RetryPolicy
  /// How long a file that nobody was seen closing must be unchanged before it is taken.
  public var settling: Duration
  /// How long a request waits for an image that it names.
  public var imageWait: Duration
  /// How often the whole inbox is looked at, whatever the watch says.
  public var rescan: Duration
  /// How often the whole inbox is looked at where the kernel does not tell all that is dropped there.
  public var poll: Duration
  /// How often the balance is asked for while the account has none.
  public var accountCheck: Duration
  /// What may be spent; what is not set is not limited.
  public var budget: Budget
  /// What is taken for the price of what the catalogue does not price.
  public var assumptions: PriceAssumptions
  /// How old the catalogue may become before it is fetched again.
  public var catalogueLifetime: Duration
  public var retention: Retention
  public var api: APIConfiguration
  public var after: AfterConfiguration
  /// The path of the control socket; `nil` for none.
  public var control: String?

  public init(
    inbox: String, output: String, failed: String, spool: String, api: APIConfiguration, workers: Int,
    concurrency: Int = 4, requestsPerMinute: Int = 20, limits: Limits = Limits(),
    worker: WorkerPool.Configuration = WorkerPool.Configuration(), retry: RetryPolicy = RetryPolicy(),
    settling: Duration = .seconds(1), imageWait: Duration = .seconds(60),
    rescan: Duration = .seconds(60), poll: Duration = .seconds(1),
    accountCheck: Duration = .seconds(60), budget: Budget = Budget(),
    assumptions: PriceAssumptions = PriceAssumptions(), catalogueLifetime: Duration = .seconds(86_400),
    retention: Retention = Retention(), after: AfterConfiguration = AfterConfiguration(), control: String? = nil
  ) {
    self.inbox = inbox
    self.output = output
    self.failed = failed
    self.spool = spool
    self.workers = workers
    self.concurrency = concurrency
    self.requestsPerMinute = requestsPerMinute
    self.limits = limits
    self.worker = worker
    self.retry = retry
    self.settling = settling
    self.imageWait = imageWait
    self.rescan = rescan
    self.poll = poll
    self.accountCheck = accountCheck
    self.budget = budget
    self.assumptions = assumptions
    self.catalogueLifetime = catalogueLifetime
    self.retention = retention
    self.api = api
    self.after = after
    self.control = control
  }
}
