import GRDB

/// Who may have which place, within one transaction.
///
/// A place is taken by a job on its way to it, by a job that was published there if the directory is still there, and
/// by a directory that no job made. Places of jobs never lie in one another.
struct Places {
  let database: Database
  /// Whether something lies at a place in the output tree now.
  let isOccupied: (String) -> Bool

  /// What is in the way of a place.
  struct Obstacle {
    let place: String
    /// Nil for a directory that no job made.
    let job: JobID?
    /// Whether the job is on its way there still.
    let isReserved: Bool
  }

  /// What the rule says about a place.
  enum Settlement {
    /// Free, or free to be replaced.
    case settled(String)
    /// To be replaced after that job, which is on its way there.
    case after(String, JobID)
    case collision(Collision)
  }

  /// Settles a place under a rule, for a job that has none yet.
  func settle(_ place: String, _ rule: CollisionRule) throws -> Settlement {
    if let above = try obstacleAbove(place) { return .collision(collision(place, above)) }
    let obstacles = try (at: obstacleAt(place), beneath: obstacleBeneath(place))
    switch (obstacles.at, obstacles.beneath, rule) {
    case (nil, nil, _): return .settled(place)
    case (_, _, .suffix): return .settled(try freeSuffix(of: place))
    case (_, let beneath?, _): return .collision(collision(place, beneath))
    case (let at?, nil, .fail): return .collision(collision(place, at))
    case (let at?, nil, .replace):
      if at.isReserved, let job = at.job { return .after(place, job) }
      return .settled(place)
    }
  }

  func reserve(_ place: String, for job: JobID) throws {
    try database.run("INSERT INTO places (place, job) VALUES (?, ?)", [place, job.description])
  }

  /// Gives a place up, to the oldest job that waits to replace what is there, if one does.
  func release(by job: Job, at now: Timestamp) throws {
    try database.run("DELETE FROM places WHERE job = ?", [job.id.description])
    guard
      let next = try database.row(
        "SELECT id FROM jobs WHERE reason = 'place' AND place = ? ORDER BY id LIMIT 1", [job.place])
    else { return }
    let heir: JobID = try next.value(0, "jobs", "id")
    try reserve(job.place, for: heir)
    try database.run(
      "UPDATE jobs SET reason = NULL, not_before = NULL, since = ? WHERE id = ?",
      [now.microseconds, heir.description])
  }

  func collision(_ place: String, _ obstacle: Obstacle) -> Collision {
    Collision(place: place, obstacle: obstacle.place, job: obstacle.job)
  }

  // MARK: Looking

  /// What has the place itself.
  func obstacleAt(_ place: String) throws -> Obstacle? {
    if let obstacle = try jobAt(place) { return obstacle }
    return isOccupied(place) ? Obstacle(place: place, job: nil, isReserved: false) : nil
  }

  /// A job's place in which this one would lie. A directory above that no job made is a plain folder.
  func obstacleAbove(_ place: String) throws -> Obstacle? {
    var above = place[...]
    while let slash = above.lastIndex(of: "/") {
      above = above[..<slash]
      if let obstacle = try jobAt(String(above)) { return obstacle }
    }
    return nil
  }

  /// A job's place that would lie in this one. "0" is the character behind "/".
  func obstacleBeneath(_ place: String) throws -> Obstacle? {
    let range: StatementArguments = [place + "/", place + "0"]
    if let row = try database.row("SELECT place, job FROM places WHERE place > ? AND place < ? LIMIT 1", range) {
      return Obstacle(place: row[0], job: try row.value(1, "places", "job"), isReserved: true)
    }
    let published = try Row.fetchCursor(
      database.cachedStatement(
        sql: """
          SELECT place, id FROM jobs WHERE state = 'published' AND place > ? AND place < ?
          ORDER BY place, published DESC
          """), arguments: range)
    while let row = try published.next() {
      let place: String = row[0]
      if isOccupied(place) { return Obstacle(place: place, job: try row.value(1, "jobs", "id"), isReserved: false) }
    }
    return nil
  }

  private func jobAt(_ place: String) throws -> Obstacle? {
    if let row = try database.row("SELECT job FROM places WHERE place = ?", [place]) {
      return Obstacle(place: place, job: try row.value(0, "places", "job"), isReserved: true)
    }
    guard let publisher = try publisher(of: place), isOccupied(place) else { return nil }
    return Obstacle(place: place, job: publisher, isReserved: false)
  }

  /// The job that was published there last; its directory may have been taken away since.
  func publisher(of place: String) throws -> JobID? {
    let row = try database.row(
      "SELECT id FROM jobs WHERE state = 'published' AND place = ? ORDER BY published DESC, id DESC LIMIT 1", [place])
    return try row?.value(0, "jobs", "id")
  }

  /// `place-2`, `place-3`, …: the first that is free. After a few, by doubling and halving: thousands of one name shall
  /// not take time squared. Where the numbers have gaps, that may not be the least.
  private func freeSuffix(of place: String) throws -> String {
    func isFree(_ number: Int) throws -> Bool {
      let candidate = "\(place)-\(number)"
      return try obstacleAt(candidate) == nil && obstacleBeneath(candidate) == nil
    }
    var taken = 1
    while taken < 16 {
      if try isFree(taken + 1) { return "\(place)-\(taken + 1)" }
      taken += 1
    }
    var free = taken * 2
    while try !isFree(free) {
      taken = free
      free *= 2
    }
    while free - taken > 1 {
      let middle = taken + (free - taken) / 2
      if try isFree(middle) { free = middle } else { taken = middle }
    }
    return "\(place)-\(free)"
  }
}
