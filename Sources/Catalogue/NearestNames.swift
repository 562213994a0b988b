import Documents

extension Sequence<String> {
  /// The names that were probably meant, the likeliest first: those with a slip or two, then those that share at least
  /// half of their words. `gpt-image-2-edit` is near `gpt-image-2`, though no slip of the finger.
  func nearestNames(to name: String, limit: Int) -> [String] {
    var left = Array(self)
    var found: [String] = []
    while found.count < limit, let name = left.nearest(to: name) {
      found.append(name)
      left.removeAll { $0 == name }
    }
    let wanted = words(name)
    // Sorting is stable, so that equals stay in the catalogue's order.
    let kin = left.map { (name: $0, kinship: kinship(wanted, words($0))) }.filter { $0.kinship >= 50 }
      .sorted { $0.kinship > $1.kinship }
    return found + kin.prefix(limit - found.count).map(\.name)
  }
}

private func words(_ name: String) -> [Substring] {
  name.lowercased().prefix(64).split { !$0.isLetter && !$0.isNumber }
}

/// Dice's coefficient of two bags of words, in percent.
private func kinship(_ left: [Substring], _ right: [Substring]) -> Int {
  guard !left.isEmpty, !right.isEmpty else { return 0 }
  var rest = right
  var shared = 0
  for word in left {
    guard let index = rest.firstIndex(of: word) else { continue }
    rest.remove(at: index)
    shared += 1
  }
  return 200 * shared / (left.count + right.count)
}
