/// The bytes of an ``Upload``, read a piece at a time while they are sent.
///
/// Pieces are asked for one after the other, from the first byte to the last, none larger than 256 KiB, and each when
/// the connection has room for it. The last byte is asked for once before anything is sent, so that a file that is gone
/// or cut costs nothing.
///
/// A read that was under way when a call ended may outlive the call: a content that reads from a descriptor owns it.
public protocol UploadContent: Sendable {
  /// In bytes. It must not change while a call runs.
  var count: Int { get }

  /// Exactly the bytes of the range, which lies within `0..<count`. An error, like fewer bytes, ends the call.
  func bytes(in range: Range<Int>) async throws -> [UInt8]
}

/// Bytes that are in memory anyway.
extension [UInt8]: UploadContent {
  public func bytes(in range: Range<Int>) -> [UInt8] { [UInt8](self[range]) }
}

/// Why the content of an upload could not be sent.
struct UploadFailure: Error, CustomStringConvertible {
  let path: [String]
  let why: String

  var description: String { "'\(path.joined(separator: "."))' \(why)" }
}

/// An upload on its way: how many bytes it had when the call began, and how they are written.
struct OutgoingContent: Sendable {
  let content: any UploadContent
  let path: [String]
  let isBase64: Bool
  /// Of the content, in bytes.
  let count: Int

  init(_ upload: Upload, isBase64: Bool) {
    content = upload.content
    path = upload.path
    self.isBase64 = isBase64
    count = upload.content.count
  }

  /// Bytes of the request's body.
  var countOnTheWire: Int { isBase64 ? (count + 2) / 3 * 4 : count }

  /// Of the content. Base64 takes threes, so that only the last piece is padded.
  private static let pieceSize = 256 << 10
  private static let base64PieceSize = pieceSize / 4 * 3

  /// - Returns: `nil` at the end.
  func piece(at offset: inout Int) async throws(UploadFailure) -> [UInt8]? {
    guard offset < count else { return nil }
    let range = offset..<min(offset + (isBase64 ? Self.base64PieceSize : Self.pieceSize), count)
    offset = range.upperBound
    let bytes = try await read(range)
    return isBase64 ? Base64.encode(bytes) : bytes
  }

  /// Whether the content is there, to its last byte.
  func probe() async throws(UploadFailure) {
    guard count > 0 else { return }
    _ = try await read(count - 1..<count)
  }

  private func read(_ range: Range<Int>) async throws(UploadFailure) -> [UInt8] {
    let bytes: [UInt8]
    do {
      bytes = try await content.bytes(in: range)
    } catch {
      throw UploadFailure(path: path, why: "cannot be read: \(error)")
    }
    guard bytes.count == range.count, content.count == count else {
      throw UploadFailure(path: path, why: "changed its length while it was sent; it had \(count) bytes")
    }
    return bytes
  }
}
