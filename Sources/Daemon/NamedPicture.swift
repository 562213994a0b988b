import Codecs
import ImageAPI
import Processing
import Raster
import Spool
import Workers

/// A picture that a request names, before anything is made of it.
public enum NamedPicture: Sendable {
  /// - Parameter bytes: of the file.
  case whole(OriginalReport, bytes: Int)
  /// Not there yet; the daemon waits a while for it.
  case awaited
  /// The request cannot be carried out with it.
  case unfit(why: String, next: String)

  /// Looks at a file in the inbox, or in a folder that stands for it, as the daemon does when it takes the request.
  public init(_ path: String, in inbox: Inbox, workers: WorkerPool) {
    do throws(SpoolError) {
      let bytes = try inbox.claim(path, limit: workers.limits.bytes).bytes
      self.init(bytes, path: path, workers: workers)
    } catch {
      self = error.isMissing ? .awaited : .unreadable(path, error)
    }
  }

  /// Looks at a file's bytes as the daemon does when it takes the request.
  public init(_ bytes: [UInt8], path: String, workers: WorkerPool) {
    do throws(ProcessingError) {
      self = .whole(try workers.examine(try OpenPicture(bytes)), bytes: bytes.count)
    } catch {
      self = .unfit(
        why: "the image \(path): \(error)",
        next: "Put a whole WebP, PNG or JPEG picture there, then drop the request again.")
    }
  }

  /// Not there, and nobody waits for it any more.
  static func missing(_ path: String) -> NamedPicture {
    .unfit(
      why: "the image \(path) is not in the inbox",
      next: "Put it there (paths are relative to the inbox), then drop the request again.")
  }

  static func unreadable(_ path: String, _ error: SpoolError) -> NamedPicture {
    .unfit(why: "the image \(path) cannot be read: \(error)", next: "Mend that, then drop the request again.")
  }

  /// As stored, which is how the API counts.
  var size: Size? { if case .whole(let report, _) = self { report.header.size } else { nil } }
  /// As outputs are made of it.
  var displayedSize: Size? { if case .whole(let report, _) = self { report.size } else { nil } }

  /// Its size, `nil` when that is not known yet.
  ///
  /// - Parameters:
  ///   - field: that names it, for messages.
  ///   - endpoint: that it is sent to; `nil` for none.
  ///   - bounds: of that.
  /// - Throws: for a picture that cannot be used, or not sent.
  func size(
    _ path: String, field: String, for endpoint: Endpoint? = nil, within bounds: InputBounds? = nil,
    fitsInput: Bool = false, warnings: inout [String]
  ) throws(ErrorReport) -> Size? {
    switch self {
    case .awaited:
      let warning = "the image \(path) is not in the inbox yet: the request waits for it a while"
      if !warnings.contains(warning) { warnings.append(warning) }
      return nil
    case .unfit(let why, let next): throw ErrorReport(stage: .request, error: why, field: field, next: next)
    case .whole(let report, let bytes):
      if let endpoint, let misfit = bounds?.misfit(of: report.header, bytes: bytes), !fitsInput || !misfit.isMendable {
        throw ErrorReport(misfit, picture: "the image \(path)", step: endpoint, field: field)
      }
      return report.header.size
    }
  }
}

extension InputMisfit {
  /// By scaling down or recompressing; enlarging would invent pixels.
  fileprivate var isMendable: Bool {
    switch self {
    case .tooFewPixels: false
    case .tooManyPixels, .tooManyBytes: true
    }
  }
}
