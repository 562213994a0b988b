import Codecs
import ImageAPI
import Processing
import Raster
import Requests
import Spool
import Workers

/// The pictures that a request names, read from the inbox.
struct Material: Sendable {
  struct Picture: Sendable {
    var path: String
    /// The blob's name in the job's folder of the spool.
    var blob: String
    var bytes: [UInt8]
    var report: OriginalReport

    var header: ImageHeader { report.header }
  }

  var pictures: [Picture] = []
  /// What is no picture, by its path.
  private var unfit: [String: NamedPicture] = [:]

  subscript(path: String) -> Picture? { pictures.first { $0.path == path } }

  /// As the checks see it; it was read, and nothing is waited for any more.
  func named(_ path: String) -> NamedPicture {
    self[path].map { .whole($0.report, bytes: $0.bytes.count) } ?? unfit[path] ?? .missing(path)
  }

  /// Reads each picture once, from one descriptor.
  ///
  /// - Parameter dropped: what the request was read from; a picture that is its own request was read already.
  init(of request: Request, dropped: Drop, in inbox: Inbox, workers: WorkerPool) {
    for (index, path) in request.files.enumerated() {
      let bytes: [UInt8]
      do throws(SpoolError) {
        bytes = path == dropped.path ? dropped.bytes : try inbox.claim(path, limit: workers.limits.bytes).bytes
      } catch {
        if !error.isMissing { unfit[path] = .unreadable(path, error) }
        continue
      }
      let named = NamedPicture(bytes, path: path, workers: workers)
      if case .whole(let report, _) = named {
        pictures.append(
          Picture(path: path, blob: "input-\(index + 1).\(report.format.rawValue)", bytes: bytes, report: report))
      } else {
        unfit[path] = named
      }
    }
  }

  var blobs: [(name: String, bytes: [UInt8])] { pictures.map { ($0.blob, $0.bytes) } }
}
