import Processing

/// A picture as a worker is given it: an open file, and no name.
public final class OpenPicture: Sendable {
  let number: Int32
  private let owner: any Sendable

  /// - Parameters:
  ///   - descriptor: open for reading.
  ///   - owner: holds it open.
  public init(descriptor: Int32, of owner: some Sendable) {
    number = descriptor
    self.owner = owner
  }

  /// - Throws: `.interrupted` where the system has no room for another file.
  public convenience init(_ bytes: Span<UInt8>) throws(ProcessingError) {
    do throws(Interruption) {
      let file = MemoryOwner(try MemoryFile())
      try file.file.fill(bytes)
      self.init(descriptor: file.file.number, of: file)
    } catch {
      throw .interrupted(error)
    }
  }
}

private final class MemoryOwner: Sendable {
  let file: MemoryFile

  init(_ file: consuming MemoryFile) {
    self.file = file
  }
}
