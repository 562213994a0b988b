import Raster

extension Container {
  /// IPTC's digital source types (http://cv.iptc.org/newscodes/digitalsourcetype/). One may begin another.
  private static let terms = [
    "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia", "algorithmicallyEnhanced",
    "digitalCapture", "computationalCapture", "digitalCreation", "digitalArt", "dataDrivenMedia", "humanEdits",
    "compositeCapture", "compositeSynthetic", "composite", "minorHumanEdits", "negativeFilm", "positiveFilm", "print",
    "screenCapture", "virtualRecording", "softwareImage",
  ]

  /// What a file's content credentials call the picture, as far as that can be told without reading their boxes: the
  /// terms that stand in them, none of them verified.
  public static func credentialTerms(in bytes: Span<UInt8>) -> [String] {
    let prefix = Array("/newscodes/digitalsourcetype/".utf8)
    var found: [String] = []
    for piece in credentials(in: bytes) {
      var position = piece.lowerBound
      while position < piece.upperBound - prefix.count {
        guard bytes[position] == prefix[0], bytes.has(prefix, at: position) else {
          position += 1
          continue
        }
        position += prefix.count
        let rest = bytes.extracting(position..<piece.upperBound)
        // What follows is the head of another value, which may be a letter.
        if let term = terms.first(where: { rest.has($0.utf8, at: 0) }), !found.contains(term) { found.append(term) }
      }
    }
    return found
  }

  private static func credentials(in bytes: Span<UInt8>) -> [Range<Int>] {
    switch ImageFormat(signatureOf: bytes) {
    case .jpeg?: (try? JPEGSegments(bytes))?.segments.filter { $0.kind == .jumbf }.map(\.payload) ?? []
    case .png?: (try? PNGChunks(bytes))?.chunks.filter { $0.name == "caBX" }.map(\.data) ?? []
    case .webp?: (try? WebPChunks(bytes))?.chunks.filter { $0.name == "C2PA" }.map(\.data) ?? []
    case nil: []
    }
  }
}
