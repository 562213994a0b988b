import CLinux
import Glibc
import Processing

/// A file without a name, in memory: what goes to a worker, or comes from one.
struct MemoryFile: ~Copyable, Sendable {
  let number: Int32

  init() throws(Interruption) {
    let number = clinux_memory_file()
    guard number >= 0 else { throw .notStarted(call: "memfd_create", errno: errno) }
    self.number = number
  }

  /// Takes bytes in; nobody can change them any more.
  borrowing func fill(_ bytes: Span<UInt8>) throws(Interruption) {
    var start = 0
    while start < bytes.count {
      let rest = bytes.extracting(start..<bytes.count)
      // The kernel reads the bytes during the call only.
      let written = unsafe rest.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
      if written > 0 {
        start += written
      } else if errno != EINTR {
        throw .notStarted(call: "write", errno: errno)
      }
    }
    try seal()
  }

  deinit {
    close(number)
  }

  /// Nobody can change it any more.
  private borrowing func seal() throws(Interruption) {
    guard clinux_seal(number) == 0 else { throw .garbled(reason: "the file is still being written to: error \(errno)") }
  }

  /// What a worker has written, for the length of the call. It is sealed before, so that what was looked at is what is kept.
  borrowing func withSealedBytes<R, E: Error>(
    _ body: (Span<UInt8>) throws(E) -> R
  ) throws(RunError<E>) -> R {
    let mapping: Mapping
    do throws(Interruption) {
      try seal()
      mapping = try Mapping(number)
    } catch {
      throw .processing(.interrupted(error))
    }
    do throws(E) {
      return try mapping.withBytes(body)
    } catch {
      throw .emission(error)
    }
  }
}

/// A file's bytes in the address space.
@safe private struct Mapping: ~Copyable {
  private let bytes: UnsafeMutableRawPointer?
  private let count: Int

  init(_ file: Int32) throws(Interruption) {
    var status = stat()
    // The kernel fills the structure during the call.
    guard unsafe fstat(file, &status) == 0 else { throw .notStarted(call: "fstat", errno: errno) }
    let size = Int(status.st_size)
    var mapped: UnsafeMutableRawPointer?
    if size > 0 {
      // Read through Span alone, and unmapped by the deinit. MAP_FAILED is a macro.
      unsafe mapped = mmap(nil, size, PROT_READ, MAP_SHARED, file, 0)
      guard Int(bitPattern: mapped) != -1 else { throw .notStarted(call: "mmap", errno: errno) }
    }
    count = size
    unsafe bytes = mapped
  }

  deinit {
    if let bytes = unsafe bytes { unsafe munmap(bytes, count) }
  }

  borrowing func withBytes<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    // The mapping outlives the call.
    let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: count).bindMemory(to: UInt8.self)
    return try unsafe body(Span(_unsafeElements: buffer))
  }
}
