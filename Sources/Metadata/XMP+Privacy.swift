extension XMP {
  /// Whether a property may stand in an output, wherever in the packet it is.
  static func isWelcome(_ name: XMLTree.Name, _ value: String, _ restrictions: Restrictions) -> Bool {
    if !restrictions.keepsGPS, tellsPlace(name) { return false }
    if isPicture(name, value) { return false }
    switch (name.namespace, name.local) {
    case (Namespace.exif, "MakerNote"): return false
    case (Namespace.xml, "lang"): return isLanguage(value)
    case (Namespace.dcterms, "provenance"): return restrictions.keepsCredentialLink
    case (Namespace.exif, "ColorSpace"): return !restrictions.isSRGB || value == "1"
    case (Namespace.photoshop, "ICCProfile"), (Namespace.exif, "Gamma"), (Namespace.tiff, "TransferFunction"),
      (Namespace.tiff, "WhitePoint"), (Namespace.tiff, "PrimaryChromaticities"):
      return !restrictions.isSRGB
    case (Namespace.tiff, "Orientation"): return value == "1"
    case (Namespace.tiff, "ImageWidth"), (Namespace.exif, "PixelXDimension"):
      return value == "\(restrictions.size.width)"
    case (Namespace.tiff, "ImageLength"), (Namespace.exif, "PixelYDimension"):
      return value == "\(restrictions.size.height)"
    default: return true
    }
  }

  /// Words that tell a position whoever's namespace they are in: exif:GPSLatitude, drone-dji:GpsLongitude,
  /// dwc:verbatimCoordinates, QuickTime's location.ISO6709, …
  private static let positionWords = [
    "latitude", "longitude", "altitude", "coordinate", "iso6709", "geolocation", "geotag", "geohash", "georeference",
  ]

  /// Whole names that tell where a picture was taken, whoever's namespace they are in: positions, and the words that
  /// editors fill in from the coordinates.
  private static let placeNames: Set<String> = [
    "lat", "lon", "long", "lng", "alt", "relativealt", "absolutealt", "footprintwkt", "location", "locationcreated",
    "locationshown", "locationname", "locationid", "city", "sublocation", "provincestate", "countryname", "countrycode",
    "worldregion", "locality", "verbatimlocality", "municipality", "county", "stateprovince", "island", "islandgroup",
    "waterbody", "highergeography", "dctermslocation", "spatial", "coverage",
  ]

  /// Names that tell it in these namespaces only; elsewhere they mean other things.
  private static let ownPlaceNames: Set<XMLTree.Name> = [
    XMLTree.Name(Namespace.photoshop, "State"), XMLTree.Name(Namespace.photoshop, "Country"),
    XMLTree.Name("http://ns.acdsee.com/iptc/1.0/", "state"), XMLTree.Name("http://ns.acdsee.com/iptc/1.0/", "country"),
    XMLTree.Name("http://ns.iview-multimedia.com/mediapro/1.0/", "State"),
    XMLTree.Name("http://ns.iview-multimedia.com/mediapro/1.0/", "Country"),
    XMLTree.Name("http://rs.tdwg.org/dwc/terms/", "country"),
    XMLTree.Name("http://rs.tdwg.org/dwc/index.htm", "country"),
  ]

  /// Vocabularies of positions: W3C's Basic Geo, GeoRSS, GML.
  private static let placeNamespaces = [
    "http://www.w3.org/2003/01/geo/wgs84_pos#", "http://www.georss.org/georss", "http://www.opengis.net/gml",
  ]

  private static func tellsPlace(_ name: XMLTree.Name) -> Bool {
    // RDF's own Alt is a list.
    if name.namespace == Namespace.rdf || name.namespace == Namespace.xml { return false }
    let local = name.local.lowercased()
    return local.hasPrefix("gps") || placeNames.contains(local) || ownPlaceNames.contains(name)
      || positionWords.contains { has(local, $0) } || placeNamespaces.contains { name.namespace.hasPrefix($0) }
  }

  /// Byte by byte: the library's search builds a table for each word, and there are many names.
  private static func has(_ text: String, _ word: String) -> Bool {
    text.utf8.indices.contains { text.utf8[$0...].starts(with: word.utf8) }
  }

  /// Whether it has the form of a language tag (RFC 5646 §2.1), or says that there is no language (XML 1.0 §2.12).
  /// Whatever else stands there is nobody's language, and no reader of RDF takes it.
  private static func isLanguage(_ tag: String) -> Bool {
    if tag.isEmpty { return true }
    let parts = tag.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return parts.enumerated().allSatisfy { index, part in
      (1...8).contains(part.count)
        && part.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
          case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
          default: false
          }
        }
    }
  }

  /// Of gain maps (ISO 21496-1, Adobe's and Apple's), and of the pictures and films behind a camera's picture.
  private static let furtherPictureNamespaces = [
    "http://ns.adobe.com/hdr-gain-map/", "http://ns.apple.com/HDRGainMap/",
    "http://ns.google.com/photos/1.0/container/",
  ]

  /// Whether it says something of other pictures in the same file: that they are there, how long they are, how to show
  /// them. Who believes it finds nothing once they are gone, or shows the picture wrongly.
  static func tellsOfFurtherPictures(_ name: XMLTree.Name) -> Bool {
    if name.namespace == "http://ns.google.com/photos/1.0/camera/" {
      return name.local.hasPrefix("MotionPhoto") || name.local.hasPrefix("MicroVideo")
    }
    return furtherPictureNamespaces.contains { name.namespace.hasPrefix($0) }
  }

  /// Pictures and sound of Google's cameras: what was seen before it was blurred, or said meanwhile.
  private static let embeddingNamespaces: Set<String> = [
    "http://ns.google.com/photos/1.0/image/", "http://ns.google.com/photos/1.0/depthmap/",
    "http://ns.google.com/photos/1.0/audio/",
  ]

  /// How JPEG, PNG and RIFF (WebP) begin in base64.
  private static let pictureHeads = ["/9j/", "iVBORw0KGg", "UklGR"]

  /// Whether a property is a picture inside the packet: a thumbnail shows what a crop has taken away.
  private static func isPicture(_ name: XMLTree.Name, _ value: String) -> Bool {
    switch (name.namespace, name.local) {
    case (Namespace.xmp, "Thumbnails"), ("http://ns.adobe.com/xap/1.0/g/img/", "image"): return true
    case (let namespace, "Data"): if embeddingNamespaces.contains(namespace) { return true }
    default: break
    }
    guard value.utf8.count >= 1024 else { return false }
    let start = value.utf8.drop { $0 <= 0x20 }
    return pictureHeads.contains { start.starts(with: $0.utf8) }
  }
}
