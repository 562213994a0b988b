import Foundation

/// Small pictures of every kind that metadata must get along with, made by Pillow and exiftool when the tests start.
struct Fixtures: Sendable {
  static let all = Result { try Fixtures() }

  /// By file name.
  let files: [String: [UInt8]]
  /// An sRGB profile from littleCMS.
  let profile: [UInt8]

  static func file(_ name: String) throws -> [UInt8] {
    guard let bytes = try all.get().files[name] else { throw MissingFixture(name: name) }
    return bytes
  }

  static func profile() throws -> [UInt8] { try all.get().profile }

  struct MissingFixture: Error { let name: String }

  /// Pictures without any metadata, one for each way in which a container may hold pixels.
  static let plain = [
    "grey.jpg", "colour.jpg", "progressive.jpg", "restart.jpg", "cmyk.jpg", "grey.png", "palette.png", "rgba.png",
    "deep.png",
    "lossy.webp", "lossless.webp", "alpha-lossless.webp", "alpha-lossy.webp", "animated.webp",
  ]

  /// The description in `extended.jpg`.
  static let longText = (0..<12_000).map { "word\($0)" }.joined(separator: " ")

  private init() throws {
    let scratch = try Scratch()
    try Data(Self.script.utf8).write(to: scratch.url("make.py"))
    let made = try Tool.python.run(["make.py"], in: scratch)
    guard made.status == 0 else { throw MissingFixture(name: made.errors) }
    let restart = try Tool.cjpeg.run(["-restart", "1B", "-outfile", "restart.jpg", "colour.ppm"], in: scratch)
    guard restart.status == 0 else { throw MissingFixture(name: restart.errors) }
    let copies = ["photo.jpg": "colour.jpg", "photo.png": "rgba.png", "photo.webp": "lossy.webp"]
    for (copy, source) in copies { try scratch.write(scratch.read(source), copy) }
    let tagged = try Tool.exiftool.run(
      [
        "-q", "-overwrite_original", "-Make=Ricoh Secretmaker", "-Model=Model Nine", "-Artist=Ada Lovelace",
        "-EXIF:ImageDescription=A canal", "-Orientation#=6", "-ExifImageWidth=4000", "-ExifImageHeight=3000",
        "-EXIF:GPSLatitude=45.4375", "-EXIF:GPSLatitudeRef=N", "-EXIF:GPSLongitude=12.3358", "-EXIF:GPSLongitudeRef=E",
        "-EXIF:UserComment=a comment", "-MakerNoteUnknownText=SecretNote-0123456789", "-XMP-exif:GPSLatitude=45.4375",
        "-XMP-exif:GPSMapDatum=WGS-84",
        "-XMP-exif:GPSLongitude=12.3358",
        "-XMP-photoshop:City=Venezia", "-XMP-dc:Title=Canal Grande", "-XMP-tiff:Orientation#=6",
        "-XMP-iptcExt:LocationCreatedCity=Venezia", "-XMP-iptcExt:LocationCreatedGPSLatitude=45.4375",
        "photo.jpg", "photo.png", "photo.webp",
      ], in: scratch)
    guard tagged.status == 0 else { throw MissingFixture(name: tagged.errors) }
    let thumbnail = try Tool.exiftool.run(
      [
        "-q", "-overwrite_original", "-ThumbnailImage<=grey.jpg", "-IPTC:City=Venezia", "-IPTC:Keywords=canal",
        "-IPTC:By-line=Ada Lovelace", "-Comment=from afar", "photo.jpg",
      ], in: scratch)
    guard thumbnail.status == 0 else { throw MissingFixture(name: thumbnail.errors) }
    // More XMP than one JPEG segment holds: exiftool writes the extension.
    try scratch.write(scratch.read("colour.jpg"), "extended.jpg")
    try Data(Self.longText.utf8).write(to: scratch.url("long.txt"))
    let extended = try Tool.exiftool.run(
      ["-q", "-overwrite_original", "-XMP-dc:Description<=long.txt", "-XMP-dc:Title=Short", "extended.jpg"], in: scratch
    )
    guard extended.status == 0 else { throw MissingFixture(name: extended.errors) }
    var files: [String: [UInt8]] = [:]
    for name in Self.plain + ["photo.jpg", "photo.png", "photo.webp", "extended.jpg"] {
      files[name] = try scratch.read(name)
    }
    self.files = files
    profile = try scratch.read("srgb.icc")
  }

  private static let script = """
    from PIL import Image, ImageCms
    w, h = 24, 16
    rgb = Image.new("RGB", (w, h))
    rgb.putdata([(x * 10, y * 15, (x * y) % 256) for y in range(h) for x in range(w)])
    grey = rgb.convert("L")
    rgba = rgb.copy(); rgba.putalpha(grey)
    grey.save("grey.jpg", quality=80)
    rgb.save("colour.jpg", quality=80); rgb.save("colour.ppm")
    rgb.save("progressive.jpg", quality=80, progressive=True)
    rgb.convert("CMYK").save("cmyk.jpg", quality=80)
    grey.save("grey.png")
    rgb.quantize(16).save("palette.png", transparency=3)
    rgba.save("rgba.png")
    Image.frombytes("I;16", (w, h), bytes((i * 7) % 256 for i in range(w * h * 2))).save("deep.png")
    rgb.save("lossy.webp", quality=80)
    rgb.save("lossless.webp", lossless=True)
    rgba.save("alpha-lossless.webp", lossless=True, exact=True)
    rgba.save("alpha-lossy.webp", quality=80)
    rgb.save("animated.webp", save_all=True, append_images=[rgb.transpose(Image.FLIP_LEFT_RIGHT)], duration=40)
    open("srgb.icc", "wb").write(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    """
}
