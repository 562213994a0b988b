import Documents
import Foundation
import NIOSSL
import Synchronization
import Testing

@testable import ImageAPI

/// A PNG of one grey pixel, written by Pillow.
let tinyPNG = [UInt8](
  Data(
    base64Encoded:
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")!)
let tinyPNGBase64 = Data(tinyPNG).base64EncodedString()

let testKey = "vk-TEST-4f9a1c77e2"

final class CollectingSink: ResponseSink {
  private let storage = Mutex<[UInt8]>([])

  var bytes: [UInt8] { storage.withLock { $0 } }

  func write(_ bytes: [UInt8]) async { storage.withLock { $0 += bytes } }
}

func json(_ text: String) throws -> JSONObject {
  let value = try DocumentReader.json(Array(text.utf8)).value
  guard case .object(let object) = value else {
    Issue.record("not an object: \(text)")
    return JSONObject()
  }
  return object
}

func operation(_ endpoint: Endpoint, _ body: String, files: [FileField] = []) throws -> ImageAPI.Operation {
  try ImageAPI.Operation(endpoint: endpoint, body: json(body), files: files)
}

func client(
  port: Int, timeout: Duration = .seconds(20), connectTimeout: Duration = .seconds(10), limit: Int = 192 << 20,
  scheme: String = "http", host: String = "127.0.0.1", trustsTestServer: Bool = true
) throws -> APIClient {
  var configuration = try APIConfiguration(
    baseURL: "\(scheme)://\(host):\(port)/api/v1", key: APIKey(testKey), timeout: timeout,
    connectTimeout: connectTimeout, responseLimit: limit)
  configuration.queryPauses = [.zero, .zero]
  if trustsTestServer {
    let certificate = try NIOSSLCertificate(bytes: Array(TestServer.certificate.utf8), format: .pem)
    configuration.tls.trustRoots = .certificates([certificate])
  }
  return APIClient(configuration: configuration)
}

/// Runs /usr/bin/python3 and returns both of its outputs.
func python(_ arguments: [String], input: [UInt8]) throws -> [UInt8] {
  let file = FileManager.default.temporaryDirectory.appending(path: "darkroom-\(UUID().uuidString)")
  try Data(input).write(to: file)
  defer { try? FileManager.default.removeItem(at: file) }
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/python3")
  process.arguments = arguments
  process.standardInput = try FileHandle(forReadingFrom: file)
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return Array(output)
}

/// By Python's zlib.
func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
  try python(
    ["-c", "import gzip, sys; sys.stdout.buffer.write(gzip.compress(sys.stdin.buffer.read()))"], input: bytes)
}

extension APIClient {
  /// A plain paid call.
  func generate(into sink: some ResponseSink = CollectingSink()) async throws -> CallOutcome {
    let operation = try operation(.generate, #"{"model": "venice-sd35", "prompt": "a canal"}"#)
    return await call(operation, uploads: [], idempotencyKey: "job-1", into: sink)
  }
}
