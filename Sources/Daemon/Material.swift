import Codecs
import ImageAPI
import Processing
import Raster
import Requests
import Spool

/// The pictures that a request names, read from the inbox.
struct Material: Sendable {
  struct Picture: Sendable {
    var path: String
    /// The blob's name in the job's folder of the spool.
    var blob: String
    var bytes: [UInt8]
    var header: ImageHeader
  }

  var pictures: [Picture] = []

  subscript(path: String) -> Picture? { pictures.first { $0.path == path } }

  /// Reads each picture once, from one descriptor.
  ///
  /// - Parameter dropped: what the request was read from; a picture that is its own request was read already.
  init(of request: Request, dropped: Drop, in inbox: Inbox, limits: Limits) throws(ErrorReport) {
    for (index, path) in request.files.enumerated() {
      let bytes: [UInt8]
      do {
        bytes = path == dropped.path ? dropped.bytes : try inbox.claim(path, limit: limits.bytes).bytes
      } catch  where error.isMissing {
        throw ErrorReport(
          stage: .request, error: "the image \(path) is not in the inbox", field: request.imageField,
          next: "Put it there (paths are relative to the inbox), then drop the request again.")
      } catch {
        throw ErrorReport(
          stage: .request, error: "the image \(path) cannot be read: \(error)",
          next: "Mend that, then drop the request again.")
      }
      let header: ImageHeader
      do {
        header = try Processor.examine(bytes.span, limits: limits).header
      } catch {
        throw ErrorReport(
          stage: .request, error: "the image \(path): \(error)",
          next: "Put a whole WebP, PNG or JPEG picture there, then drop the request again.")
      }
      pictures.append(
        Picture(path: path, blob: "input-\(index + 1).\(header.format.rawValue)", bytes: bytes, header: header))
    }
  }

  var blobs: [(name: String, bytes: [UInt8])] { pictures.map { ($0.blob, $0.bytes) } }
}

extension Request {
  /// The first field that names a picture, for messages.
  fileprivate var imageField: String? {
    switch work {
    case .source: "source"
    case .call(let operation): operation.files.first?.path.joined(separator: ".")
    }
  }
}
