/// Decides when a file in the inbox is finished, from what was seen of it. A value: no clock, no disk.
///
/// A file whose writer closed it, or that was renamed in, counts at once. So does one that the kernel says nobody has
/// open for writing; one that somebody has waits until it is closed. Where the kernel does not say, a file counts when
/// inode, size and time of modification stayed the same for an interval. The interval begins with our first sight on the
/// monotonic clock, never with the file's own time: a copy may have kept an old one. There is no limit to waiting.
public struct Settling: Sendable {
  public typealias Instant = ContinuousClock.Instant

  /// How long a file must stay the same when nobody told that it is finished.
  public let interval: Duration

  private var sightings: [String: Sighting] = [:]

  private struct Sighting: Sendable {
    var identity: FileIdentity
    /// When the identity was first seen.
    var since: Instant
    /// A close or a rename was reported, and no change seen since.
    var told: Bool
    /// The reader found that something is missing at the end.
    var incomplete = false
    /// Somebody had it open for writing when it was looked at last; its close will be told.
    var open = false
  }

  /// Why a file counts as finished.
  public enum Evidence: Sendable, Hashable {
    /// Its writer closed it, or it was renamed in.
    case told
    /// Nobody writes to it, or it stayed the same for the interval.
    case rested
    /// Both; what is missing at its end now will not come by itself.
    case toldAndRested
  }

  public enum Verdict: Sendable, Hashable {
    /// Take it now.
    case settled(Evidence)
    /// Look again then; nil: when the watch reports something, or at the next scan.
    case waiting(until: Instant?)
  }

  public init(interval: Duration = .seconds(1)) {
    self.interval = interval
  }

  /// How many files are being waited for.
  public var count: Int { sightings.count }

  /// Whether the file is being waited for.
  public func contains(_ path: String) -> Bool { sightings[path] != nil }

  /// The file was looked at.
  ///
  /// - Parameters:
  ///   - told: the watch reported, since the last look, that a writer closed the file or that it was renamed in.
  ///   - writers: whether somebody has it open for writing; asked only when nothing else decides.
  public mutating func sighted(
    _ path: String, _ identity: FileIdentity, told: Bool = false, writers: () -> Writers = { .unknown }, now: Instant
  ) -> Verdict {
    var sighting = sightings[path] ?? Sighting(identity: identity, since: now, told: told)
    if sighting.identity != identity {
      sighting = Sighting(identity: identity, since: now, told: told)
    } else if told {
      sighting.told = true
    }
    defer { sightings[path] = sighting }
    let rested = now >= sighting.since + interval
    switch (sighting.told, sighting.incomplete) {
    case (true, true): return rested ? .settled(.toldAndRested) : .waiting(until: sighting.since + interval)
    case (true, false): return .settled(rested ? .toldAndRested : .told)
    case (false, true): return .waiting(until: nil)
    case (false, false):
      let found = writers()
      sighting.open = found == .some
      switch found {
      case .none: return .settled(.rested)
      case .some: return .waiting(until: nil)
      case .unknown: return rested ? .settled(.rested) : .waiting(until: sighting.since + interval)
      }
    }
  }

  /// What was read ends too early: it may still be written to. It settles again when it changes, when it is reported
  /// closed, or, where that was reported already, when it has rested.
  public mutating func incomplete(_ path: String) {
    sightings[path]?.incomplete = true
  }

  /// The file is gone, or was taken.
  public mutating func forget(_ path: String) {
    sightings[path] = nil
  }

  /// The files that may have settled by now, sorted.
  public func due(now: Instant) -> [String] {
    sightings.filter { dueTime(of: $1).map { $0 <= now } ?? false }.map(\.key).sorted()
  }

  /// When the next file may have settled; nil when no passing of time will settle one.
  public var nextDue: Instant? { sightings.values.compactMap(dueTime).min() }

  /// The files that no passing of time will settle.
  public var undue: [String] { sightings.filter { dueTime(of: $1) == nil }.map(\.key) }

  private func dueTime(of sighting: Sighting) -> Instant? {
    switch (sighting.told, sighting.incomplete) {
    case (false, true): nil
    case (true, false): sighting.since
    case (true, true): sighting.since + interval
    case (false, false): sighting.open ? nil : sighting.since + interval
    }
  }
}
