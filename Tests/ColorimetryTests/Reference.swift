import Foundation
import Raster
import Testing

/// A profile that `reference.py` made, and what it works out for colours, in double precision.
struct Reference: Sendable, Decodable, CustomTestStringConvertible {
  let name: String
  let channels: Layout.Channels
  /// Of 8 bits.
  let samples: [UInt8]
  /// Not rounded, 0 to 255.
  let expected: [Double]
  let profile: [UInt8]

  var testDescription: String { name }
  var count: Int { samples.count / channels.count }

  private enum Key: CodingKey {
    case name, channels, samples, expected, profile
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    name = try container.decode(String.self, forKey: .name)
    channels = try container.decode(Layout.Channels.self, forKey: .channels)
    samples = try container.decode([UInt8].self, forKey: .samples)
    expected = try container.decode([Double].self, forKey: .expected)
    profile = [UInt8](try container.decode(Data.self, forKey: .profile))
  }

  static let all: [Reference] = {
    do {
      let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "reference.py")
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(filePath: "/usr/bin/python3")
      process.arguments = [script.path]
      process.standardOutput = output
      try process.run()
      let json = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return try JSONDecoder().decode([Reference].self, from: json)
    } catch {
      // The names of these cases are arguments of tests, which cannot throw: without them there is nothing to run.
      fatalError("reference.py: \(error)")
    }
  }()

  static func named(_ name: String) -> Reference {
    guard let found = all.first(where: { $0.name == name }) else { fatalError("reference.py makes no \(name)") }
    return found
  }

  /// The samples as a picture of one row, in the layout, with alpha that differs from pixel to pixel.
  func picture(_ layout: Layout) -> Image {
    let colors = channels.count
    var bytes: [UInt8] = []
    for pixel in 0..<count {
      var values = Array(samples[pixel * colors..<(pixel + 1) * colors])
      if layout.hasAlpha { values.append(UInt8(truncatingIfNeeded: pixel * 7)) }
      // Sixteen bits are eight times 257: the same byte twice.
      bytes += layout.depth == .eight ? values : values.flatMap { [$0, $0] }
    }
    return Image(size: Size(width: count, height: 1), layout: layout, pixels: bytes)
  }

  /// The layouts that its pictures come in.
  var layouts: [Layout] {
    switch channels {
    case .cmyk: [.cmyk8]
    case .gray, .grayAlpha: [.gray8, .grayAlpha8, Layout(.gray, .sixteen), Layout(.grayAlpha, .sixteen)]
    case .rgb, .rgba: [.rgb8, .rgba8, Layout(.rgb, .sixteen), Layout(.rgba, .sixteen)]
    }
  }
}

extension Image {
  /// 0 to 255, whatever the depth.
  var values: [Double] {
    withPixels { pixels in
      switch layout.depth {
      case .eight: pixels.indices.map { Double(pixels[$0]) }
      case .sixteen:
        stride(from: 0, to: pixels.count, by: 2).map {
          Double((UInt16(pixels[$0]) | UInt16(pixels[$0 + 1]) << 8).littleEndian) / 257
        }
      }
    }
  }
}
