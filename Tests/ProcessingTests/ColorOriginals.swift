import Codecs
import Foundation
import Metadata
import Raster
import Testing

/// Originals that Pillow writes, with profiles and values that `reference.py` works out in double precision.
enum Colors {
  struct Case: Decodable {
    let name: String
    let profile: Data
    let channels: Layout.Channels
    let samples: [UInt8]
    let expected: [Double]

    var icc: [UInt8] { [UInt8](profile) }
    var width: Int { samples.count / channels.count }
  }

  static let cases: [Case] = {
    do {
      let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../ColorimetryTests/reference.py").standardized
      let program = try String(contentsOf: script, encoding: .utf8)
      return try JSONDecoder().decode([Case].self, from: Data(python(program)))
    } catch {
      // The names of these cases are arguments of tests, which cannot throw: without them there is nothing to run.
      fatalError("reference.py: \(error)")
    }
  }()

  static func named(_ name: String) -> Case {
    guard let found = cases.first(where: { $0.name == name }) else { fatalError("reference.py makes no \(name)") }
    return found
  }

  /// A PNG of one row with the case's samples and, unless told otherwise, its profile.
  static func png(_ colors: Case, _ layout: Layout? = nil, icc: [UInt8]? = nil) throws -> [UInt8] {
    let plain: Layout = colors.channels == .gray ? .gray8 : .rgb8
    let picture = Image(size: Size(width: colors.width, height: 1), layout: plain, pixels: colors.samples)
    let file = try PNG.encode(
      picture.converted(to: layout ?? plain), options: PNG.Options(depth: layout?.depth), carriesProfile: true)
    return try Container.rewrite(file.span, with: MetadataBlocks(icc: icc ?? colors.icc))
  }

  /// The PNG without a profile and with these chunks after its header.
  static func png(_ colors: Case, chunks: [(String, [UInt8])], icc: [UInt8]? = nil) throws -> [UInt8] {
    let picture = Image(size: Size(width: colors.width, height: 1), layout: .rgb8, pixels: colors.samples)
    let bare = try PNG.encode(picture, options: PNG.Options(), carriesProfile: true)
    let file = try Container.rewrite(bare.span, with: MetadataBlocks(icc: icc))
    func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xFF) } }
    var added: [UInt8] = []
    for (name, data) in chunks {
      let body = Array(name.utf8) + data
      added += number(data.count) + body + number(crc(body))
    }
    return Array(file[..<33]) + added + Array(file[33...])
  }

  /// PNG Third Edition annex D, bit by bit.
  private static func crc(_ bytes: [UInt8]) -> Int {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return Int(~crc)
  }

  static func numbers(_ values: Int...) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xFF) } }
  }

  static let sRGBChromaticities = numbers(31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000)
  static let adobeChromaticities = numbers(31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000)

  /// A JPEG of 8x8 blocks of the case's first inks, as Pillow writes CMYK: Adobe's way, whose samples are inverted.
  ///
  /// - Parameters:
  ///   - adobe: without it the segment is taken out and the samples are turned, so that the inks are the same.
  ///   - ycck: the segment says YCCK, so that the samples are read as that.
  static func inkJPEG(_ samples: [UInt8], icc: [UInt8]?, adobe: Bool = true, ycck: Bool = false) throws -> [UInt8] {
    let program = """
      import io, json, sys
      from PIL import Image
      samples, icc, adobe, ycck = json.loads(sys.argv[1])
      picture = Image.frombytes("CMYK", (len(samples) // 4, 1), bytes(samples))
      picture = picture.resize((picture.width * 8, 8), Image.NEAREST)
      if not adobe: picture = picture.point(lambda v: 255 - v)
      file = io.BytesIO()
      picture.save(file, "JPEG", quality=100, subsampling=0, icc_profile=bytes(icc) if icc else None)
      data = file.getvalue()
      at = data.index(b"Adobe")
      if ycck: data = data[:at + 11] + b"\\x02" + data[at + 12:]
      if not adobe: data = data[:at - 4] + data[at + 12:]
      sys.stdout.buffer.write(data)
      """
    let json: [Any] = [samples.map(Int.init), icc.map { $0.map(Int.init) } ?? [], adobe, ycck]
    let argument = String(decoding: try JSONSerialization.data(withJSONObject: json), as: UTF8.self)
    return try python(program, arguments: [argument])
  }

  /// The file with what exiftool writes into its EXIF.
  static func tagged(_ bytes: [UInt8], _ format: ImageFormat, _ tags: [String]) throws -> [UInt8] {
    let file = FileManager.default.temporaryDirectory.appending(path: "tag-\(UUID().uuidString).\(format.rawValue)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/exiftool")
    process.arguments = ["-q", "-n", "-overwrite_original"] + tags + [file.path]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return [UInt8](try Data(contentsOf: file))
  }

  /// What exiftool reads in a file.
  static func exiftool(_ bytes: [UInt8], _ tags: String...) throws -> [String: Any] {
    let file = FileManager.default.temporaryDirectory.appending(path: "color-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/exiftool")
    process.arguments = ["-j", "-n", "-G1"] + tags + [file.path]
    process.standardOutput = output
    try process.run()
    let json = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let rows = try JSONSerialization.jsonObject(with: json) as? [[String: Any]]
    return try #require(rows?.first)
  }
}
