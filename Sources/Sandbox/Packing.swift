import FoundationEssentials

/// Puts finished pictures into the body that the endpoint answers with.
struct Packing: Sendable {
  let id: String
  let order: Order
  /// The request's fields, which `/image/generate` repeats.
  let request: JSON
  let elapsed: Duration

  func reply(_ pictures: [[UInt8]]) -> Reply {
    var reply: Reply
    switch order.packing {
    case .binary: reply = Reply(mediaType: order.format.mediaType, body: pictures[0])
    case .json:
      reply = Reply([
        "id": .string(id),
        "images": .array(pictures.map { .string(Self.base64($0)) }),
        "request": request,
        "timing": timing,
      ])
    case .openAI(let asURL):
      let base64 = Self.base64(pictures[0])
      reply = Reply([
        "created": .number(Decimal(Int(ImageService.now))),
        "data": asURL
          ? [["url": .string("data:\(order.format.mediaType);base64,\(base64)")]] : [["b64_json": .string(base64)]],
      ])
    }
    reply.headers["x-venice-model-id"] = order.model.id
    reply.headers["x-venice-model-name"] = order.model.name
    reply.headers.merge(order.model.deprecationHeaders) { $1 }
    reply.headers["x-venice-enhanced-prompt"] = order.enhancedPrompt.map(Self.percentEncoded)
    return reply
  }

  private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

  /// All but RFC 3986's unreserved characters escaped, as JavaScript's `encodeURIComponent` nearly does.
  private static func percentEncoded(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
      default: "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
      }
    }.joined()
  }

  /// Milliseconds.
  private var timing: JSON {
    let total = elapsed.milliseconds
    let inference = max(0, total - 2)
    return [
      "inferenceDuration": .number(Decimal(inference)),
      "inferencePreprocessingTime": .number(Decimal(total - inference)),
      "inferenceQueueTime": 0,
      "total": .number(Decimal(total)),
    ]
  }
}
