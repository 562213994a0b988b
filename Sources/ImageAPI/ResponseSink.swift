/// Takes the body of a response while it arrives.
///
/// The next piece is read from the network when `write` has returned, so a slow disk slows the sender and memory stays
/// flat. Making the bytes durable when the call has ended is the sink's owner's work.
public protocol ResponseSink: Sendable {
  func write(_ bytes: [UInt8]) async throws
}
