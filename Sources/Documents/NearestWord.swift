extension Sequence<String> {
  /// The word that was probably meant: the one with the fewest slips of the finger, `nil` when none is near.
  ///
  /// Case, hyphens, underscores and spaces do not count; a swap of neighbours counts once (the optimal string
  /// alignment distance). Near means at most one slip in words of up to four letters, two up to eight, else three.
  public func nearest(to word: String) -> String? {
    let wanted = folded(word)
    // Beyond this length nobody mistypes a key, and the table of distances would grow with the square.
    guard (1...64).contains(wanted.count) else { return nil }
    let limit = wanted.count <= 4 ? 1 : wanted.count <= 8 ? 2 : 3
    var best: (word: String, distance: Int)?
    for candidate in self {
      let distance = alignmentDistance(wanted, folded(candidate))
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
  }
}

private func folded(_ word: String) -> [Character] {
  word.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
}

private func alignmentDistance(_ left: [Character], _ right: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for (row, character) in left.enumerated() {
    var current = [row + 1]
    for (column, other) in right.enumerated() {
      var distance = Swift.min(
        last[column + 1] + 1, current[column] + 1, last[column] + (character == other ? 0 : 1))
      if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
        distance = Swift.min(distance, beforeLast[column - 1] + 1)
      }
      current.append(distance)
    }
    beforeLast = last
    last = current
  }
  return last[right.count]
}
