import Foundation
import Raster
import Testing

/// A picture in one of the formats, and the pixels that an independent decoder sees in it.
struct Fixture: Sendable, CustomTestStringConvertible {
  let name: String
  let format: ImageFormat
  let size: Size
  let layout: Layout
  let coding: String
  let isAnimated: Bool
  let file: [UInt8]
  let pixels: [UInt8]

  var testDescription: String { name }
}

/// The files that `fixtures.py` makes, once in a test run; they are kept in memory.
enum Fixtures {
  static let all = made.list
  static let webp = all.filter { $0.format == .webp }
  static let png = all.filter { $0.format == .png }
  static let jpeg = all.filter { $0.format == .jpeg }

  static func named(_ name: String) -> Fixture {
    guard let fixture = all.first(where: { $0.name == name }) else { fatalError("fixtures.py makes no \(name)") }
    return fixture
  }

  /// A file of `fixtures.py` that no decoder gets a picture from.
  static func hostile(_ file: String) -> [UInt8] {
    guard let bytes = made.hostile[file] else { fatalError("fixtures.py makes no hostile-\(file)") }
    return bytes
  }

  private struct Entry: Decodable {
    let name: String
    let file: String
    let format: ImageFormat
    let width: Int
    let height: Int
    let layout: String
    let coding: String
    let animated: Bool
    let pixels: String
  }

  private static let made: (list: [Fixture], hostile: [String: [UInt8]]) = {
    do {
      return try TemporaryDirectory.with { directory in
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "fixtures.py")
        try Tool.run("/usr/bin/python3", [script.path, directory.path])
        func bytes(_ file: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: directory.appending(path: file))) }
        let entries = try JSONDecoder().decode([Entry].self, from: Data(bytes("fixtures.json")))
        let list = try entries.map { entry in
          Fixture(
            name: entry.name, format: entry.format, size: Size(width: entry.width, height: entry.height),
            layout: layout(entry.layout), coding: entry.coding, isAnimated: entry.animated,
            file: try bytes(entry.file), pixels: try bytes(entry.pixels))
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        let hostile = try files.filter { $0.hasPrefix("hostile-") }.map { (String($0.dropFirst(8)), try bytes($0)) }
        return (list, Dictionary(uniqueKeysWithValues: hostile))
      }
    } catch {
      fatalError("the fixtures cannot be made: \(error)")
    }
  }()

  private static func layout(_ name: String) -> Layout {
    let isDeep = name.hasSuffix("16")
    guard let channels = Layout.Channels(rawValue: String(name.dropLast(isDeep ? 2 : 1))) else {
      fatalError("fixtures.py knows a layout \(name)")
    }
    return Layout(channels, isDeep ? .sixteen : .eight)
  }
}
