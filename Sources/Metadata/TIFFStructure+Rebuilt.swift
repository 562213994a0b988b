extension TIFFStructure {
  /// A number to write over the value of an entry that is there.
  struct Setting {
    let directory: Directory
    let tag: Int
    let number: Int
  }

  /// An entry to add to the primary directory, in place of one with its tag.
  struct Addition {
    enum Value {
      /// ASCII, by custom in UTF-8.
      case text(String)
      case short(Int)
      /// RATIONAL over 1.
      case whole(Int)
    }

    let tag: Int
    let value: Value
  }

  /// The block with some entries gone and every other value at its old offset, so that offsets which nobody knows of
  /// still point right. What no kept entry refers to reads zero: thumbnails, MakerNotes and leftovers between values.
  ///
  /// Additions move the primary directory to the block's end; all else stays.
  ///
  /// Directories that cannot be read are not in it, nor are entries whose values lie outside of the block.
  ///
  /// - Throws: `damagedExif` when kept bytes are shared with what must go.
  func rebuilt(
    directories: Set<Directory>, keeps: (Directory, Entry) -> Bool, settings: [Setting] = [], additions: [Addition] = []
  ) throws(MetadataError) -> [UInt8]? {
    var kept: [Directory: [Entry]] = [:]
    for directory in Directory.allCases where directories.contains(directory) {
      guard let table = tables[directory] else { continue }
      var tags: Set<Int> = []
      kept[directory] = table.entries.filter { keeps(directory, $0) && $0.value != nil && tags.insert($0.tag).inserted }
    }
    kept[.primary]?.removeAll { entry in additions.contains { $0.tag == entry.tag } }
    dropPointers(to: .interoperability, in: .exif, Tag.interoperabilityPointer, of: &kept)
    dropPointers(to: .exif, in: .primary, Tag.exifPointer, of: &kept)
    dropPointers(to: .gps, in: .primary, Tag.gpsPointer, of: &kept)
    guard kept[.primary]?.isEmpty == false || !additions.isEmpty else { return nil }
    try checkRanges(kept)

    var output = [UInt8](repeating: 0, count: blob.count)
    output.replaceSubrange(0..<8, with: blob[0..<8])
    var end = 8
    for entry in kept.values.joined() where !entry.isInline {
      guard let value = entry.value else { continue }
      output.replaceSubrange(value, with: blob[value])
      end = max(end, value.upperBound)
    }
    for (directory, entries) in kept {
      guard let table = tables[directory], !entries.isEmpty else { continue }
      if directory == .primary, !additions.isEmpty { continue }
      let bytes = number16(entries.count) + entries.flatMap { self.bytes(of: $0, directory, settings) }
      output.replaceSubrange(table.offset..<table.offset + bytes.count, with: bytes)
      // The next directory's offset stays 0: there is no thumbnail.
      end = max(end, table.offset + bytes.count + 4)
    }
    if additions.isEmpty, output == blob { return blob }
    output.removeLast(output.count - end)
    if !additions.isEmpty {
      append(additions, to: kept[.primary]?.map { ($0.tag, bytes(of: $0, .primary, settings)) } ?? [], &output)
    }
    return output
  }

  /// A pointer to a directory with nothing left in it goes too.
  private func dropPointers(
    to target: Directory, in directory: Directory, _ tag: Int, of kept: inout [Directory: [Entry]]
  ) {
    guard kept[target]?.isEmpty ?? true else { return }
    kept[target] = nil
    kept[directory]?.removeAll { $0.tag == tag }
  }

  /// Kept tables share no byte with anything, and kept values none with what goes.
  private func checkRanges(_ kept: [Directory: [Entry]]) throws(MetadataError) {
    enum Owner: UInt8 { case nobody, table, value, gone }
    var owners = [Owner](repeating: .nobody, count: blob.count)
    var claimed = 0
    func claim(_ range: Range<Int>, _ owner: Owner, sharing: Owner?) throws(MetadataError) {
      claimed += range.count
      // Honest writers share a value now and then; a block made of nothing but shared values is an attack on our time.
      guard claimed <= 2 * blob.count else { throw .damagedExif(reason: "its values overlap") }
      for index in range {
        guard owners[index] == .nobody || owners[index] == sharing else {
          throw .damagedExif(reason: "what must go shares byte \(index) with what stays")
        }
        owners[index] = owner
      }
    }
    try claim(0..<8, .table, sharing: nil)
    for directory in Directory.allCases {
      guard let table = tables[directory], kept[directory] != nil else { continue }
      try claim(table.range, .table, sharing: nil)
    }
    for entry in kept.values.joined() where !entry.isInline {
      guard let value = entry.value else { continue }
      try claim(value, .value, sharing: .value)
    }
    for (directory, table) in tables {
      let stays = Set(kept[directory] ?? [])
      if kept[directory] == nil { try claim(table.range, .gone, sharing: .gone) }
      for entry in table.entries where !stays.contains(entry) && !entry.isInline {
        guard let value = entry.value else { continue }
        try claim(value, .gone, sharing: .gone)
      }
    }
  }

  private func bytes(of entry: Entry, _ directory: Directory, _ settings: [Setting]) -> [UInt8] {
    let setting = settings.first { $0.directory == directory && $0.tag == entry.tag }
    guard let setting else { return Array(blob[entry.position..<entry.position + 12]) }
    let isShort = entry.type == 3 && setting.number <= 0xFFFF
    let value = isShort ? number16(setting.number) + [0, 0] : number32(setting.number)
    return number16(entry.tag) + number16(isShort ? 3 : 4) + number32(1) + value
  }

  /// Values first, each at an even offset, then the directory in the order of its tags (TIFF 6.0 §2).
  private func append(_ additions: [Addition], to entries: [(tag: Int, bytes: [UInt8])], _ output: inout [UInt8]) {
    var entries = entries
    for addition in additions {
      let (type, count, value): (Int, Int, [UInt8]) =
        switch addition.value {
        case .text(let text): (2, text.utf8.count + 1, Array(text.utf8) + [0])
        case .short(let number): (3, 1, number16(number))
        case .whole(let number): (5, 1, number32(number) + number32(1))
        }
      var field = value + [UInt8](repeating: 0, count: max(0, 4 - value.count))
      if value.count > 4 {
        if !output.count.isMultiple(of: 2) { output.append(0) }
        field = number32(output.count)
        output.append(contentsOf: value)
      }
      entries.append((addition.tag, number16(addition.tag) + number16(type) + number32(count) + field))
    }
    if !output.count.isMultiple(of: 2) { output.append(0) }
    output.replaceSubrange(4..<8, with: number32(output.count))
    output.append(contentsOf: number16(entries.count))
    for entry in entries.sorted(by: { $0.tag < $1.tag }) { output.append(contentsOf: entry.bytes) }
    output.append(contentsOf: number32(0))
  }

  private func number16(_ number: Int) -> [UInt8] {
    let bytes = [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
    return isBigEndian ? bytes : bytes.reversed()
  }

  private func number32(_ number: Int) -> [UInt8] {
    let (high, low) = (number16(number >> 16), number16(number & 0xFFFF))
    return isBigEndian ? high + low : low + high
  }
}
