import ImageAPI
import Spool

/// A picture in the spool on its way to the API: read piece by piece, while it is sent.
struct StoredUpload: UploadContent {
  let reader: BlobReader
  let disk: BlockingWork

  var count: Int { reader.count }

  func bytes(in range: Range<Int>) async throws -> [UInt8] {
    let reader = reader
    return try await disk.run { () throws(SpoolError) in try reader.bytes(in: range) }
  }
}
