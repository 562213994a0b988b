import Codecs
import Metadata
import Raster

/// Why no outputs were made of an original.
public enum ProcessingError: Error, Hashable, Sendable, Codable {
  /// The original is no picture, cut, damaged, or beyond the limits.
  case original(CodecError)
  /// The original is not the picture that its plan was made for.
  case notAsPlanned(expected: Size, found: Size)
  /// The original has another size than it must have.
  case size(expected: ExpectedSize, found: Size)
  /// The original is unfit for a reason that the pipeline rejects.
  case flaw(Verification.Flaw)
  /// A file name cannot be made.
  case fileName(FileNameError)
  /// Two different outputs come to one name.
  case nameCollision(name: String)
  /// A pipeline's output asks for another format's encoder settings.
  case encodingMismatch(template: String, format: ImageFormat)
  /// An output would have more pixels than the limit.
  case outputTooLarge(template: String, size: Size, limit: Int)
  /// An output keeps a part of a picture that does not lie in it.
  ///
  /// - Parameter isTrimmed: whether the picture's size is what a trim left of it.
  case cropOutside(template: String, part: Region, size: Size, isTrimmed: Bool)
  /// The metadata of an output cannot be built or put in place.
  case metadata(template: String, MetadataError)
  /// The original's colours cannot be converted, although they could be when it was examined.
  case color(reason: String)
  /// An output cannot be resized.
  case resampling(template: String, RasterError)
  /// An output cannot be encoded.
  case encoding(template: String, CodecError)
  /// A finished output, read back, is not what was planned.
  case readBack(template: String, ReadBackFailure)
  /// A picture that is to be sent cannot be made to fit what the API takes.
  case input(InputFitError)
  /// Whatever worked on the picture came to an end before it could say anything of it.
  case interrupted(Interruption)
}

/// The sizes that an original may have.
public enum ExpectedSize: Hashable, Sendable, Codable {
  case exact(Size)
  /// Within `tolerance` of the ratio: 0.02 is 2%.
  case aspectRatio(AspectRatio, tolerance: Double)
  /// So many times the size of the image that was sent.
  case scaled(Size, factor: Double)
  /// Sides between the two, each of which may be open.
  case range(min: Size?, max: Size?)
}

/// How a finished output differs from its plan.
public enum ReadBackFailure: Error, Hashable, Sendable, Codable {
  case format(expected: ImageFormat, found: ImageFormat?)
  case size(expected: Size, found: Size)
  /// The header, or with a full read-back the pixels, cannot be read.
  case unreadable(CodecError)
  /// The metadata cannot be read.
  case metadataUnreadable(MetadataError)
  /// The metadata is not what was written; the first block that differs is named.
  case metadata(Block)
  /// There is more than was written, or what is there cannot be read.
  case surplus([String])
  /// A tag does not say what the pipeline and the job want it to.
  case tag(String, expected: String?, found: String?)
  /// A lossless output has other pixels than it was made of.
  case pixels
}

extension ProcessingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .original(let error): "the original cannot be used: \(error)"
    case .notAsPlanned(let expected, let found):
      "the original (\(found)) is not the picture that was planned for (\(expected)); plan again from its bytes"
    case .size(let expected, let found):
      "the original is \(found), expected \(expected); ask the API for another size, or let the pipeline say "
        + "`on-mismatch: accept`"
    case .flaw(.violation):
      "the API marked the original as breaking its content policy; change the prompt, or take `violation` out of "
        + "the pipeline's `verify.reject`"
    case .flaw(.blurred):
      "the API marked the original as blurred; change the prompt or `safe_mode`, or take `blurred` out of the "
        + "pipeline's `verify.reject`"
    case .flaw(.blank):
      "the original is blank: every pixel has the same colour; try again, or take `blank` out of the pipeline's "
        + "`verify.reject`"
    case .fileName(let error): error.description
    case .nameCollision(let name):
      "two different outputs come to the name \"\(name)\"; tell them apart with {width}, {height} or {format}"
    case .encodingMismatch(let template, let format):
      "output \"\(template)\" is \(format.rawValue) but has encoder settings of another format"
    case .outputTooLarge(let template, let size, let limit):
      "output \"\(template)\" would be \(size), the limit is \(limit) pixels in all (limits.pixels); ask for less"
    case .cropOutside(let template, let part, let size, let isTrimmed):
      "output \"\(template)\" keeps \(part) of a picture that is \(size)\(isTrimmed ? " once trimmed" : ""): that part does "
        + "not lie in it; crop less, in percent, or to an aspect ratio"
    case .metadata(let template, let error): "metadata of output \"\(template)\": \(error)"
    case .color(let reason): "the original's colours cannot be converted: \(reason)"
    case .resampling(let template, let error): "resizing for output \"\(template)\": \(error)"
    case .encoding(let template, let error): "encoding output \"\(template)\": \(error)"
    case .readBack(let template, let failure): "output \"\(template)\", read back: \(failure)"
    case .input(let error): error.description
    case .interrupted(let interruption): interruption.description
    }
  }
}

extension ExpectedSize: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exact(let size): size.description
    case .aspectRatio(let ratio, let tolerance): "an aspect ratio of \(ratio) within \(tolerance * 100)%"
    case .scaled(let size, let factor): "\(factor) times \(size)"
    case .range(let min?, let max?): "between \(min) and \(max)"
    case .range(let min?, nil): "at least \(min)"
    case .range(nil, let max?): "at most \(max)"
    case .range(nil, nil): "any size"
    }
  }
}

extension ReadBackFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .format(let expected, let found):
      "expected \(expected.rawValue), found \(found?.rawValue ?? "no picture")"
    case .size(let expected, let found): "expected \(expected), found \(found)"
    case .unreadable(let error): error.description
    case .metadataUnreadable(let error): error.description
    case .metadata(let block): "its \(block.rawValue) is not what was planned"
    case .surplus(let pieces):
      "it carries more than was planned" + (pieces.isEmpty ? "" : ": \(pieces.joined(separator: ", ").visible)")
    case .tag(let name, let expected, let found):
      "its \(name) is \(Self.shown(found)), expected \(Self.shown(expected))"
    case .pixels: "its pixels are not what was encoded"
    }
  }
  private static func shown(_ value: String?) -> String { value.map { "\"\($0.prefix(80).visible)\"" } ?? "not there" }
}
