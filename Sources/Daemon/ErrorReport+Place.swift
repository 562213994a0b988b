import Requests

extension ErrorReport {
  /// With the place of its field in the request.
  ///
  /// - Parameters:
  ///   - bytes: of the request as it was dropped.
  ///   - file: its name.
  ///   - firstLine: where the bytes begin in the file that is shown to people; 1 for a file of its own.
  public func placed(in bytes: [UInt8], file: String, firstLine: Int = 1) -> ErrorReport {
    guard let field, place == nil else { return self }
    var placed = self
    let path = field.split(separator: ".").map(String.init)
    // A bare API body has no operation around its fields.
    let position =
      RequestReader.position(of: path, in: bytes, file: file)
      ?? RequestReader.position(of: Array(path.dropFirst()), in: bytes, file: file)
    placed.place = position.map { Place(line: $0.line + firstLine - 1, column: $0.column) }
    return placed
  }
}
