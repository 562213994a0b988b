/// The ledger's tables. Each step leads from one version to the next; a step that was released never changes.
///
/// Times are integer microseconds since 1970 in UTC, money is integer millionths of a US dollar, ids are text.
enum Schema {
  /// "DKRM": tells a ledger from any other database (PRAGMA application_id).
  static let applicationID = 0x444B_524D

  /// The version that this code writes (PRAGMA user_version).
  static var version: Int { steps.count }

  static let steps = [first]

  /// `not_before` of a job that waits without a known end.
  static let never = Int64.max

  private static let first = """
    CREATE TABLE jobs (
      id TEXT PRIMARY KEY NOT NULL,
      name TEXT NOT NULL,
      output TEXT NOT NULL,
      place TEXT NOT NULL,
      pipeline TEXT NOT NULL,
      priority INTEGER NOT NULL,
      labels TEXT NOT NULL,
      source TEXT NOT NULL,
      source_identity TEXT NOT NULL,
      collision TEXT NOT NULL CHECK (collision IN ('fail', 'suffix', 'replace')),
      model TEXT,
      step INTEGER NOT NULL DEFAULT 1 CHECK (step >= 1),
      item INTEGER NOT NULL DEFAULT 1 CHECK (item >= 1),
      state TEXT NOT NULL
        CHECK (state IN ('queued', 'calling', 'responded', 'published', 'failed', 'held')),
      reason TEXT,
      not_before INTEGER,
      received INTEGER NOT NULL,
      since INTEGER NOT NULL,
      published INTEGER,
      error TEXT,
      -- What it asks of the API, as a digest; NULL for a job without calls.
      fingerprint TEXT,
      -- When the job's blobs were given up; NULL while they are kept.
      emptied INTEGER,
      CHECK (emptied IS NULL OR state IN ('published', 'failed')),
      CHECK (state = 'held' OR (reason IS NULL) = (not_before IS NULL)),
      CHECK (state != 'held' OR (reason IS NOT NULL AND not_before IS NULL)),
      CHECK (state IN ('queued', 'responded', 'held') OR reason IS NULL),
      CHECK ((state = 'published') <= (published IS NOT NULL))
    ) STRICT, WITHOUT ROWID;

    -- The queue's heads, a pipeline's each, without those that wait; the model is in the index, so that skipping one
    -- reads no rows.
    CREATE INDEX jobs_ready ON jobs (priority DESC, pipeline, id, model) WHERE state = 'queued' AND not_before IS NULL;
    CREATE INDEX jobs_responded ON jobs (priority DESC, id) WHERE state = 'responded' AND not_before IS NULL;
    CREATE INDEX jobs_waiting ON jobs (not_before) WHERE not_before IS NOT NULL;
    CREATE INDEX jobs_kept ON jobs (since) WHERE state IN ('published', 'failed') AND emptied IS NULL;
    CREATE INDEX jobs_emptied ON jobs (since) WHERE emptied IS NOT NULL;
    CREATE INDEX jobs_by_state ON jobs (state, reason, received);
    -- For lists, either way round; pipeline and reason are in the index, so that passing one over reads no rows.
    CREATE INDEX jobs_listed ON jobs (state, id, pipeline, reason);
    CREATE INDEX jobs_published_place ON jobs (place, published) WHERE state = 'published';
    CREATE INDEX jobs_after_place ON jobs (place, id) WHERE reason = 'place';
    CREATE INDEX jobs_reusable ON jobs (fingerprint, published)
      WHERE state = 'published' AND emptied IS NULL AND fingerprint IS NOT NULL;
    CREATE INDEX jobs_source ON jobs (source, source_identity);

    -- What jobs were accepted with; away from the jobs, whose rows are written at each change of state.
    CREATE TABLE documents (
      job TEXT PRIMARY KEY NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      -- NULL where it is a picture, which lies in the spool.
      request BLOB,
      work BLOB NOT NULL
    ) STRICT;

    -- Places that jobs are on their way to. What is published is found in jobs, and on disk.
    CREATE TABLE places (
      place TEXT PRIMARY KEY NOT NULL,
      job TEXT NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE calls (
      job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      ordinal INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      step INTEGER NOT NULL CHECK (step >= 1),
      item INTEGER NOT NULL CHECK (item >= 1),
      endpoint TEXT NOT NULL,
      model TEXT,
      state TEXT NOT NULL CHECK (state IN ('intended', 'responded', 'refused', 'not-sent', 'unknown')),
      status INTEGER,
      response_id TEXT,
      headers TEXT NOT NULL,
      body TEXT,
      started INTEGER NOT NULL,
      finished INTEGER,
      reserved INTEGER CHECK (reserved >= 0),
      charged INTEGER,
      -- What the call counts for against a budget: the price set aside, then the charge, or nothing.
      counted INTEGER NOT NULL,
      error TEXT,
      -- The job that paid for the answer, where that is another one; it may be forgotten by now.
      reused TEXT,
      CHECK (reused IS NULL OR (state = 'responded' AND counted = 0)),
      PRIMARY KEY (job, ordinal, attempt)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX calls_started ON calls (started);
    CREATE INDEX calls_finished ON calls (finished) WHERE finished IS NOT NULL;
    CREATE UNIQUE INDEX calls_under_way ON calls (job) WHERE state = 'intended';
    -- At most one attempt at a call can have been charged: its key is never charged twice.
    CREATE UNIQUE INDEX calls_charged ON calls (job, ordinal) WHERE state IN ('responded', 'unknown');

    -- What the calls that began on a day count for, so that a budget is asked without adding them up. By triggers: whoever
    -- writes a call, the sum is right in the same transaction. A call whose record is removed stays in it: it is paid.
    CREATE TABLE days (
      -- Midnight in UTC.
      day INTEGER PRIMARY KEY NOT NULL,
      counted INTEGER NOT NULL
    ) STRICT;
    CREATE TRIGGER calls_count_at_begin AFTER INSERT ON calls BEGIN
      INSERT INTO days (day, counted)
      VALUES (new.started - (new.started % 86400000000 + 86400000000) % 86400000000, new.counted)
      ON CONFLICT (day) DO UPDATE SET counted = counted + excluded.counted;
    END;
    CREATE TRIGGER calls_count_at_end AFTER UPDATE OF counted ON calls WHEN new.counted != old.counted BEGIN
      UPDATE days SET counted = counted + new.counted - old.counted
      WHERE day = new.started - (new.started % 86400000000 + 86400000000) % 86400000000;
    END;

    CREATE TABLE originals (
      job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      ordinal INTEGER,
      file TEXT NOT NULL,
      format TEXT NOT NULL,
      width INTEGER NOT NULL,
      height INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      sha256 TEXT NOT NULL,
      PRIMARY KEY (job, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE outputs (
      job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      file TEXT NOT NULL,
      variant INTEGER NOT NULL,
      format TEXT NOT NULL,
      width INTEGER NOT NULL,
      height INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      sha256 TEXT NOT NULL,
      metadata TEXT NOT NULL,
      PRIMARY KEY (job, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE warnings (
      job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      warning TEXT NOT NULL,
      PRIMARY KEY (job, number)
    ) STRICT, WITHOUT ROWID;

    -- The outbox: what follows a publication. A row is written in the publication's transaction.
    CREATE TABLE deliveries (
      job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      -- Counts on over the job's publications.
      number INTEGER NOT NULL CHECK (number >= 1),
      key TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL CHECK (kind IN ('run', 'webhook')),
      target TEXT NOT NULL,
      body TEXT,
      state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'given-up')),
      attempts INTEGER NOT NULL DEFAULT 0,
      -- Microseconds that were waited between attempts.
      waited INTEGER NOT NULL DEFAULT 0,
      -- NULL while a command of the job comes first, and when nothing is to be done any more.
      not_before INTEGER,
      created INTEGER NOT NULL,
      started INTEGER,
      finished INTEGER,
      error TEXT,
      PRIMARY KEY (job, number),
      CHECK ((state = 'pending') = (finished IS NULL)),
      CHECK (state = 'pending' OR (not_before IS NULL AND body IS NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX deliveries_due ON deliveries (not_before, job, number) WHERE not_before IS NOT NULL;
    CREATE INDEX deliveries_pending ON deliveries (job, number) WHERE state = 'pending';
    """
}
