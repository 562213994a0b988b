import Glibc

/// State that several threads change, and wait for one another to change: a mutex and a condition variable
/// (pthread_cond_wait(3)).
///
/// `Synchronization.Mutex` cannot be waited on; and what Foundation has for it is more than a worker process links.
@safe final class Monitor<State: Sendable>: @unchecked Sendable {
  // Sendable: `state` is touched with the mutex held, and never otherwise.
  private var state: State
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(_ state: State) {
    self.state = state
    // Both stay where they are until `deinit`, as POSIX wants it.
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
  }

  deinit {
    // Whoever waits holds a reference: nobody does any more.
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// Changes the state, and lets whoever waits look at it.
  @discardableResult
  func change<Answer>(_ body: (inout State) -> Answer) -> Answer {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    let answer = body(&state)
    unsafe pthread_cond_broadcast(changed)
    return answer
  }

  /// Waits until `body` has an answer; it is asked again after each change.
  func wait<Answer>(for body: (inout State) -> Answer?) -> Answer {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let answer = body(&state) {
        // What was taken may be what another waits for.
        unsafe pthread_cond_broadcast(changed)
        return answer
      }
      unsafe pthread_cond_wait(changed, mutex)
    }
  }
}
