import Codecs
import Foundation
import Raster
import Testing

@testable import Sandbox

@Suite struct ExifCommentTests {
  private func exiftool(_ bytes: [UInt8], _ arguments: String...) async throws -> String {
    try await withTemporaryFolder { folder in
      let file = URL(fileURLWithPath: folder).appendingPathComponent("picture")
      try Data(bytes).write(to: file)
      let (_, output) = try await VendorSchema.run(
        "/usr/bin/exiftool", arguments: ["-charset", "UTF8"] + arguments + [file.path])
      return output.trimmingCharacters(in: .newlines)
    }
  }

  /// exiftool reads the request back, and finds nothing wrong with the file; the pixels stay as they were.
  @Test(arguments: [("webp", "canal"), ("png", "canal — Café 😀"), ("jpeg", "canale \"grande\"")])
  func theRequestIsInThePicture(format: String, prompt: String) async throws {
    let fields: JSON = [
      "model": "venice-sd35", "prompt": .string(prompt), "width": 64, "height": 48, "seed": 7,
      "format": .string(format), "return_binary": true,
    ]
    var asking = fields.object ?? [:]
    asking["embed_exif_metadata"] = true
    let body = JSON.object(asking).serialized
    try await withSandbox { client in
      let picture = try #require(try await client.post("/image/generate", body)).body
      let plain = try #require(try await client.post("/image/generate", fields.serialized)).body
      #expect(try await exiftool(picture, "-b", "-UserComment") == fields.serialized)
      let faults = try await exiftool(picture, "-s3", "-a", "-validate", "-warning", "-error").split(separator: "\n")
      // The EXIF standard wants ten further tags of a JPEG; the comment alone is what is asked for here.
      #expect(faults.dropFirst().allSatisfy { $0.hasPrefix("Missing required JPEG") }, "\(faults)")
      if format != "jpeg" { #expect(faults == ["OK"]) }
      #expect(try await exiftool(plain, "-UserComment") == "")
      let same = try Codec.decode(picture.span, limits: Limits()).withPixels { pixels in
        (0..<pixels.count).map { pixels[$0] }
      }
      let expected = try Codec.decode(plain.span, limits: Limits()).withPixels { pixels in
        (0..<pixels.count).map { pixels[$0] }
      }
      #expect(same == expected)
    }
  }

  @Test func aTextOfAnyLengthLeavesTheFileWhole() async throws {
    let scene = Scene(subject: "canal", seed: 1).drawn(Size(width: 33, height: 17))
    let webp = try WebP.encode(scene, options: WebP.Options(quality: 80, method: 1))
    for text in ["", "a", "ab"] {
      let picture = ExifComment.embedded(text, in: webp, .webp)
      #expect(picture.count.isMultiple(of: 2))
      let header = try Codec.header(picture.span)
      #expect(header.size == Size(width: 33, height: 17))
      #expect(
        try await exiftool(picture, "-s3", "-ImageWidth", "-ImageHeight", "-UserComment").split(separator: "\n")
          == ["33", "17"] + (text.isEmpty ? [] : [Substring(text)]))
    }
  }

  /// A JPEG segment holds 65,533 bytes.
  @Test func whatDoesNotFitIsLeftOut() throws {
    let scene = Scene(subject: "canal", seed: 1).drawn(Size(width: 16, height: 16))
    let jpeg = try JPEG.encode(scene, options: JPEG.Options(quality: 80))
    let most = (0xFFFF - 2 - 6 - 44 - 8) / 2
    #expect(ExifComment.embedded(String(repeating: "a", count: most + 1), in: jpeg, .jpeg) == jpeg)
    #expect(ExifComment.embedded(String(repeating: "a", count: most), in: jpeg, .jpeg).count > 65_000)
  }

  @Test func aVariantOfAJSONAnswerHasItToo() async throws {
    try await withSandbox { client in
      let body =
        #"{"model":"venice-sd35","prompt":"canal","width":64,"height":48,"variants":2,"embed_exif_metadata":true}"#
      let response = try #require(try await client.post("/image/generate", body))
      let images = try #require(JSON(parsing: response.body)?["images"]?.array)
      #expect(images.count == 2)
      for image in images {
        let bytes = [UInt8](try #require(Data(base64Encoded: image.string ?? "")))
        #expect(try await exiftool(bytes, "-b", "-UserComment").contains(#""prompt":"canal""#))
      }
    }
  }
}
