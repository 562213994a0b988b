import Foundation
import Testing

struct PillowReport: Decodable {
  let format: String
  let size: String
  let mode: String
  /// Of a sample from Pillow's own Lanczos of the original, 0 to 255.
  let meanDifference: Double
}

/// What Pillow finds in a file, every pixel decoded, and how far it is from its own scaling of the original.
func pillow(_ bytes: [UInt8], original: [UInt8]) throws -> PillowReport {
  let directory = FileManager.default.temporaryDirectory.appending(path: "input-fit-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: directory) }
  let files = [directory.appending(path: "fitted"), directory.appending(path: "original")]
  try Data(bytes).write(to: files[0])
  try Data(original).write(to: files[1])
  let answer = try python(
    """
    import json, sys
    from PIL import Image, ImageChops, ImageStat
    fitted, original = Image.open(sys.argv[1]), Image.open(sys.argv[2])
    fitted.load()
    mode = "RGBA" if "A" in fitted.mode else "RGB"
    scaled = original.convert(mode).resize(fitted.size, Image.LANCZOS)
    mean = ImageStat.Stat(ImageChops.difference(fitted.convert(mode), scaled)).mean
    print(json.dumps({"format": fitted.format, "size": "%dx%d" % fitted.size, "mode": fitted.mode,
      "meanDifference": sum(mean) / len(mean)}))
    """, arguments: files.map(\.path))
  return try JSONDecoder().decode(PillowReport.self, from: Data(answer))
}

/// What Debian's Python, which has Pillow, writes.
func python(_ program: String, arguments: [String] = []) throws -> [UInt8] {
  let process = Process()
  let output = Pipe()
  process.executableURL = URL(filePath: "/usr/bin/python3")
  process.arguments = ["-c", program] + arguments
  process.standardOutput = output
  try process.run()
  let bytes = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
  return [UInt8](bytes)
}
