import Documents

/// Takes the originals that an ``AnswerReader`` cuts out of an answer, one after the other.
///
/// It is called on the thread that reads and may block it. After an error, the picture that was begun is not ended: the
/// sink's owner discards it.
public protocol OriginalSink: ~Copyable {
  associatedtype Failure: Error

  /// - Parameter index: of the picture in the answer, from 0.
  mutating func begin(_ index: Int) throws(Failure)

  /// - Parameter bytes: not empty, at most a piece of the answer or 256 KiB, and gone when the call returns.
  mutating func append(_ bytes: Span<UInt8>) throws(Failure)

  /// The picture is whole.
  mutating func end() throws(Failure)
}

/// Why reading an answer stopped.
public enum AnswerFailure<SinkFailure: Error>: Error {
  case answer(AnswerError)
  case sink(SinkFailure)
}

extension AnswerFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .answer(let error): "\(error)"
    case .sink(let error): "\(error)"
    }
  }
}

/// What an answer says beside its pictures.
public struct AnswerFacts: Hashable, Sendable {
  /// The vendor's name for the call, from the body or a header.
  public let id: String?
  /// As the vendor sends it: `total`, `inferenceDuration`, …, in milliseconds.
  public let timing: JSONObject?
  /// How many pictures the sink was given.
  public let count: Int
}
