extension Exif {
  /// Whether an entry may stay and its value is there.
  static func isPlain(_ entry: TIFFStructure.Entry, in directory: TIFFStructure.Directory) -> Bool {
    entry.value != nil && mayStay(entry, in: directory)
  }

  /// Whether an entry is what it seems: no other block or picture inside, no position, no private data.
  static func mayStay(_ entry: TIFFStructure.Entry, in directory: TIFFStructure.Directory) -> Bool {
    typealias Tag = TIFFStructure.Tag
    switch (directory, entry.tag) {
    // A pointer elsewhere than where readers look for it leads to what nobody has looked through.
    case (let place, Tag.exifPointer): return place == .primary
    case (let place, Tag.interoperabilityPointer): return place == .exif
    case (_, Tag.makerNote), (_, Tag.gpsPointer): return false
    // Type 13 is a directory of its own.
    case _ where entry.type == 13: return false
    // GPS's own tags, version to positioning error (Exif 2.32 §4.6.6), and interoperability's (§4.6.7, DCF): what else
    // is there is read as if it were the picture's.
    case (.gps, let tag): return tag <= 0x1F
    case (.interoperability, let tag): return tag <= 2 || (0x1000...0x1002).contains(tag)
    // Positions and lengths of a picture inside (strips, tiles, JPEG), SubIFDs, global parameters.
    case (_, 0x0111), (_, 0x0117), (_, 0x0144), (_, 0x0145), (_, 0x0201), (_, 0x0202), (_, 0x014A), (_, 0x0190):
      return false
    // XMP, IPTC (twice: AFCP has a copy), Photoshop resources and layers, ICC inside EXIF: their places are elsewhere,
    // and here nobody would look through them.
    case (_, 0x02BC), (_, 0x83BB), (_, 0x8568), (_, 0x8649), (_, 0x935C), (_, 0x8773): return false
    // GDI+ writes a thumbnail and its properties as tags of the picture (PropertyTagThumbnail…).
    case (_, 0x5012...0x503B): return false
    // Kodak's and Leaf's directories.
    case (_, 0x8290), (_, 0x8606): return false
    case (let place, let tag) where Tag.tellsPlace(tag, in: place): return false
    // PrintIM is harmless; the rest up there is DNG's, Lightroom's, Microsoft's padding and the like.
    case (_, 0xC4A5): return true
    case (_, let tag): return tag < 0xC000
    }
  }
}

extension TIFFStructure.Tag {
  /// GPS, and GeoTIFF's tags (OGC 19-008 §7.1): scale, tie points and transformation of a map, Intergraph's older
  /// matrix, its keys, numbers and names.
  static func tellsPlace(_ tag: Int, in directory: TIFFStructure.Directory) -> Bool {
    switch tag {
    case gpsPointer, 0x830E, 0x847E, 0x847F, 0x8480, 0x8482, 0x85D8, 0x87AF, 0x87B0, 0x87B1: directory == .primary
    default: false
    }
  }
}
