// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.strictMemorySafety(), .treatAllWarnings(as: .error)]
let tests: [SwiftSetting] = [.treatAllWarnings(as: .error)]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func roomTests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude, swiftSettings: tests)
}

let package = Package(
  name: "darkroom",
  products: [
    .executable(name: "darkroom", targets: ["darkroom"]),
    .library(name: "Processing", targets: ["Raster", "Codecs", "Colorimetry", "Metadata", "Processing"]),
    .library(name: "ImageAPI", targets: ["ImageAPI"]),
    .library(name: "Spool", targets: ["Spool"]),
    .library(name: "Workers", targets: ["Orders", "Workers"]),
    .library(name: "Requests", targets: ["Documents", "Requests"]),
    .library(name: "Catalogue", targets: ["Catalogue"]),
    .library(name: "Control", targets: ["Control"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CWebP", pkgConfig: "libwebpdemux", providers: [.apt(["libwebp-dev"])]),
    .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
    .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
    .systemLibrary(name: "CExif", pkgConfig: "libexif", providers: [.apt(["libexif-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLCMS", pkgConfig: "lcms2", providers: [.apt(["liblcms2-dev"])]),
    .target(name: "CCodecs", dependencies: ["CISAL", "CJPEG"], cSettings: [.treatAllWarnings(as: .error)]),
    .target(name: "CRaster", cSettings: [.treatAllWarnings(as: .error)]),
    .target(name: "CBase64", cSettings: [.treatAllWarnings(as: .error)]),
    .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
    .target(name: "CConfinement", dependencies: ["CSeccomp"], cSettings: [.treatAllWarnings(as: .error)]),
    .target(name: "CLinux", cSettings: [.treatAllWarnings(as: .error)]),

    room("Raster", ["CRaster"]),
    room("Codecs", ["Raster", "CCodecs", "CDeflate", "CTurboJPEG", "CWebP", "CZlib"]),
    room("Metadata", ["Raster", "CExif", "CZlib"]),
    room("Colorimetry", ["CLCMS", "Raster"]),
    room("Processing", ["CLinux", "Raster", "Codecs", "Colorimetry", "Metadata"]),
    room("Orders", ["CLinux", "Codecs", "Processing", "Raster"]),
    room("Workbench", ["Codecs", "Orders", "Processing", "Raster"]),
    room("Workers", ["CLinux", "Codecs", "Orders", "Processing", "Raster"]),
    room("Money"),
    room("Documents", [.product(name: "Yams", package: "Yams")]),
    room(
      "ImageAPI",
      [
        "CBase64", "CZlib", "Documents", .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    room("Requests", ["Documents", "ImageAPI", "Processing", "Codecs", "Metadata", "Raster"]),
    room("Spool", ["CLinux"]),
    .target(
      name: "Catalogue", dependencies: ["Documents", "ImageAPI", "Money"],
      resources: [.embedInCode("models.json")], swiftSettings: strict),
    room("Ledger", ["Money", .product(name: "GRDB", package: "GRDB.swift")]),
    room(
      "Control",
      ["Documents", .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio")]),
    room(
      "Daemon",
      [
        "CLinux", "Requests", "ImageAPI", "Catalogue", "Control", "Money", "Ledger", "Spool", "Processing", "Documents",
        "Workers", .product(name: "Crypto", package: "swift-crypto"), .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .target(
      name: "Sandbox",
      dependencies: [
        "Raster", "Codecs", "CZlib", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"), .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [.embedInCode("models.json")], swiftSettings: strict),
    .executableTarget(
      name: "darkroom-worker", dependencies: ["CConfinement", "CLinux", "Orders", "Workbench"], swiftSettings: strict),
    .executableTarget(
      name: "darkroom",
      dependencies: [
        "CLinux", "Catalogue", "Codecs", "Control", "Daemon", "Documents", "ImageAPI", "Ledger", "Money", "Processing",
        "Raster", "Requests", "Sandbox", "Spool", "Workers", "darkroom-worker",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      resources: [.embedInCode("demo"), .embedInCode("pipelines")], swiftSettings: strict),

    roomTests("Raster"),
    roomTests(
      "Codecs", ["CCodecs", "CDeflate", "CReference", "Raster"],
      exclude: ["fixtures.py", "libpng_sizes.py", "png_oracle.py"]),
    // libpng, for the tests of the codecs alone.
    .systemLibrary(name: "CPNG", path: "Tests/CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .target(
      name: "CReference", dependencies: ["CPNG"], path: "Tests/CReference", cSettings: [.treatAllWarnings(as: .error)]),
    roomTests("Colorimetry", ["Raster"], exclude: ["reference.py"]),
    roomTests("Metadata", ["Raster"]),
    roomTests("Processing", ["Codecs", "Colorimetry", "Metadata", "Raster"]),
    roomTests("Orders", ["Codecs", "Metadata", "Processing", "Raster"]),
    roomTests(
      "Workers",
      ["Codecs", "Metadata", "Processing", "Raster", "confinement-probe", "darkroom-worker", "unsound-worker"]),
    // Deeds that a worker may not do, confined or free; for tests alone.
    .executableTarget(
      name: "confinement-probe", dependencies: ["CConfinement"], path: "Tests/ConfinementProbe",
      cSettings: [.treatAllWarnings(as: .error)]),
    // A worker that does what pictures might make one do; for tests alone.
    .executableTarget(
      name: "unsound-worker", dependencies: ["CConfinement", "CLinux", "Orders", "Processing", "Workbench"],
      path: "Tests/UnsoundWorker", swiftSettings: tests),
    roomTests("Money"),
    roomTests("Documents"),
    roomTests("Catalogue", ["Documents", "ImageAPI", "Money"]),
    roomTests(
      "ImageAPI",
      [
        "Documents", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    roomTests("Requests", ["Codecs", "Documents", "ImageAPI", "Metadata", "Processing", "Raster"]),
    roomTests("Spool", ["CLinux"]),
    roomTests("Ledger", ["Money"]),
    roomTests("Control", ["Documents"]),
    roomTests(
      "Daemon",
      [
        "Catalogue", "Codecs", "Control", "Documents", "ImageAPI", "Ledger", "Money", "Processing", "Raster",
        "Requests", "Sandbox", "Spool", "Workers", "darkroom-worker", "unsound-worker",
        .product(name: "Logging", package: "swift-log"),
      ], exclude: ["fuse_mirror.py", "webhook_receiver.py"]),
    .testTarget(
      name: "DarkroomTests", dependencies: ["darkroom", "unsound-worker"],
      exclude: [
        "big_answers.py", "drain.py", "drain_check.py", "drain_distrust.py", "drain_requests.py", "jobs_ledger.py",
        "hundred_jobs.py", "inspected.py", "long_queue.py", "manifests.py", "many_files.py", "models_listed.py",
        "plan_prices.py", "unsound_api.py",
      ],
      swiftSettings: tests),
    roomTests(
      "Sandbox",
      [
        "Codecs", "Raster", .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], exclude: ["openai_sdk.py"]),
  ],
  swiftLanguageModes: [.v6]
)
