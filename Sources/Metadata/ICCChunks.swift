/// An ICC profile that a JPEG carries in numbered chunks (ICC.1:2022 §B.4): sequence number from 1, then the count.
struct ICCChunks {
  private var chunks: [UInt8: [UInt8]] = [:]
  private var count: UInt8?
  private var flaw: String?

  mutating func take(_ bytes: Span<UInt8>, _ payload: Range<Int>) {
    let start = payload.lowerBound + JPEGSegments.iccPrefix.count
    guard payload.upperBound - start >= 2 else {
      flaw = flaw ?? "a chunk has no number"
      return
    }
    let (number, total) = (bytes[start], bytes[start + 1])
    if let count, count != total { flaw = flaw ?? "its chunks disagree on their count: \(count) and \(total)" }
    if number == 0 || number > total { flaw = flaw ?? "chunk \(number) of \(total)" }
    if chunks[number] != nil { flaw = flaw ?? "chunk \(number) comes twice" }
    count = total
    chunks[number] = bytes.copy(start + 2..<payload.upperBound)
  }

  func finish(into blocks: inout MetadataBlocks) {
    guard let count else {
      if let flaw { blocks.warnings.append(.damaged(.icc, reason: flaw)) }
      return
    }
    if let flaw {
      blocks.warnings.append(.damaged(.icc, reason: flaw))
    } else if chunks.count < Int(count) {
      blocks.warnings.append(.damaged(.icc, reason: "\(chunks.count) of its \(count) chunks are there"))
    } else {
      blocks.takeICC(chunks.sorted { $0.key < $1.key }.flatMap(\.value))
    }
  }
}
