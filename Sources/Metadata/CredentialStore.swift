/// A C2PA manifest store: one JUMBF superbox whose description bears the type `c2pa` (ISO 19566-5 §5 and annex A,
/// C2PA 2.1 §11.1 and appendix A). It is looked at, never verified.
enum CredentialStore {
  /// Type of the description box: the word `c2pa`, and the end that all ISO-registered types share.
  static let type: [UInt8] =
    Array("c2pa".utf8) + [0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71]

  enum Finding: Equatable {
    case whole
    /// A store, or the beginning of one: no program can verify it.
    case damaged(reason: String)
    /// Something else.
    case other
  }

  /// One box: a length that counts itself, a type, and a longer length where the first one is 1. A length of 0 means
  /// "to the end".
  struct Box {
    let type: Range<Int>
    let content: Range<Int>

    /// `nil` when it does not lie within `room`.
    init?(_ bytes: Span<UInt8>, in room: Range<Int>) {
      guard room.count >= 8 else { return nil }
      type = room.lowerBound + 4..<room.lowerBound + 8
      let short = bytes.bigEndian32(at: room.lowerBound)
      switch short {
      case 0: content = type.upperBound..<room.upperBound
      case 1:
        guard room.count >= 16, bytes.bigEndian32(at: type.upperBound) == 0 else { return nil }
        let long = bytes.bigEndian32(at: type.upperBound + 4)
        guard long >= 16, long <= room.count else { return nil }
        content = type.upperBound + 8..<room.lowerBound + long
      default:
        guard short >= 8, short <= room.count else { return nil }
        content = type.upperBound..<room.lowerBound + short
      }
    }
  }

  /// Whether these bytes are a store, as far as its boxes tell: the description first, then manifests to the end.
  static func finding(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Finding {
    guard isStore(bytes, range) else {
      // A store whose own head is hurt still has its name in it.
      let head = range.prefix(64)
      let isNamed = head.contains { bytes.has("c2pa".utf8, at: $0) }
      return isNamed ? .damaged(reason: "its head is not that of a manifest store") : .other
    }
    guard let store = Box(bytes, in: range), store.content.upperBound == range.upperBound else {
      return .damaged(reason: "it is cut, or longer than it says")
    }
    var position = store.content.lowerBound
    while position < store.content.upperBound {
      guard let box = Box(bytes, in: position..<store.content.upperBound) else {
        return .damaged(reason: "one of its boxes is cut")
      }
      position = box.content.upperBound
    }
    return .whole
  }

  /// Whether a `jumb` box begins here that is described as a store. The box may go on elsewhere.
  static func isStore(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count >= 8, bytes.has("jumb".utf8, at: range.lowerBound + 4) else { return false }
    let description = range.lowerBound + (bytes.bigEndian32(at: range.lowerBound) == 1 ? 16 : 8)
    guard range.upperBound - description >= 8 + type.count else { return false }
    return bytes.has("jumd".utf8, at: description + 4) && bytes.has(type, at: description + 8)
  }
}

extension MetadataBlocks {
  /// A store that is not whole is left out like any damaged block: an unchanged file would go on carrying it.
  mutating func takeCredential(_ finding: CredentialStore.Finding) {
    switch finding {
    case .whole where hasCredential: hasUnread = true
    case .whole: hasCredential = true
    case .damaged(let reason): warnings.append(.damaged(.credential, reason: reason))
    case .other: hasUnread = true
    }
  }
}

/// The JUMBF boxes of a JPEG, each in the packets of one or more APP11 segments (ISO 19566-5 annex D.2): `JP`, the
/// box's instance number, the packet's number from 1, then the box's head (repeated in every packet) and its next bytes.
struct JUMBFPackets {
  private struct Packet {
    let number: Int
    let head: [UInt8]
    let data: Range<Int>
  }

  private var packets: [Int: [Packet]] = [:]
  /// In the order of their first packets.
  private var instances: [Int] = []
  private var hasFragments = false

  mutating func take(_ bytes: Span<UInt8>, _ payload: Range<Int>) {
    let box = payload.lowerBound + 8
    guard payload.upperBound - box >= 8 else {
      hasFragments = true
      return
    }
    let head = bytes.bigEndian32(at: box) == 1 ? 16 : 8
    guard payload.upperBound - box >= head else {
      hasFragments = true
      return
    }
    let instance = bytes.bigEndian16(at: payload.lowerBound + 2)
    if packets[instance] == nil { instances.append(instance) }
    packets[instance, default: []].append(
      Packet(
        number: bytes.bigEndian32(at: payload.lowerBound + 4), head: bytes.copy(box..<box + head),
        data: box + head..<payload.upperBound))
  }

  /// Joins what belongs together; a box that is no store is unread.
  func finish(_ bytes: Span<UInt8>, into blocks: inout MetadataBlocks) {
    if hasFragments { blocks.hasUnread = true }
    for instance in instances {
      let own = (packets[instance] ?? []).sorted { $0.number < $1.number }
      guard let first = own.first else { continue }
      var box = first.head
      for packet in own { box.append(bytes, packet.data) }
      let isOrdered = own.enumerated().allSatisfy { $1.number == $0 + 1 && $1.head == first.head }
      switch CredentialStore.finding(box.span, 0..<box.count) {
      case .whole where !isOrdered:
        blocks.takeCredential(.damaged(reason: "its packets are not numbered as they must be"))
      case let finding: blocks.takeCredential(finding)
      }
    }
  }
}
