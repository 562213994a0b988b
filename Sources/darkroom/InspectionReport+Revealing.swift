import Metadata
import Processing

/// The part of an inspection that people look for before they hand a file on.
extension InspectionReport {
  /// A heading, and under it a row for each thing that a stranger could learn.
  static func revealing(_ inspection: Inspection) -> [(String, String)] {
    let found = inspection.revealing
    guard !found.isEmpty else {
      // Nobody looked at what could not be read.
      let isWhole = inspection.warnings.isEmpty
      let words = isWhole ? "nothing but what the picture shows" : "unknown: not all of the file could be read"
      return [("a stranger could learn", words)]
    }
    return [("a stranger could learn", "\(found.count) thing\(found.count == 1 ? "" : "s"):")]
      + found.map { ("  \($0.kind.rawValue)", "\($0.value.visibleLines) (\($0.place) \($0.name.visible))") }
  }

  /// IPTC's terms, as far as they tell of AI (http://cv.iptc.org/newscodes/digitalsourcetype/).
  static func sourceType(_ uri: String) -> (String, String) {
    let term = uri.split(separator: "/").last.map(String.init) ?? uri
    return switch term {
    case "trainedAlgorithmicMedia": ("made by AI", "wholly (\(term))")
    case "compositeWithTrainedAlgorithmicMedia": ("made by AI", "partly (\(term))")
    case "compositeSynthetic", "algorithmicallyEnhanced", "algorithmicMedia", "dataDrivenMedia":
      ("made by AI", "perhaps (\(term))")
    default: ("source type", term)
    }
  }
}
