import Dispatch
import Foundation
import Synchronization

@testable import Control

/// A peer that sends whatever bytes it likes. It blocks, on threads of its own.
final class RawPeer: Sendable {
  private let descriptor: Int32
  private let queue = DispatchQueue(label: "raw peer")

  init?(_ path: String) {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    guard isConnected else {
      Glibc.close(descriptor)
      return nil
    }
  }

  deinit { Glibc.close(descriptor) }

  /// - Returns: whether all of it went out.
  @discardableResult
  func send(_ bytes: [UInt8]) async -> Bool {
    await withCheckedContinuation { done in
      queue.async { [descriptor] in
        var start = 0
        while start < bytes.count {
          // A closed connection is an answer, not a signal.
          let count = bytes[start...].withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
          }
          guard count > 0 else { return done.resume(returning: false) }
          start += count
        }
        done.resume(returning: true)
      }
    }
  }

  /// What comes until the connection ends.
  func rest() async -> String {
    await withCheckedContinuation { done in
      queue.async { [descriptor] in
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
          let count = read(descriptor, &buffer, buffer.count)
          guard count > 0 else { break }
          all += buffer[..<count]
        }
        done.resume(returning: String(decoding: all, as: UTF8.self))
      }
    }
  }

  func stopSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Sends and says what comes back.
  static func exchange(_ path: String, _ bytes: [UInt8]) async -> String {
    guard let peer = RawPeer(path) else { return "not connected" }
    await peer.send(bytes)
    return await peer.rest()
  }
}
