/// What the program says of itself: in manifests, error files, metadata and `--version`.
public enum Darkroom {
  public static let version = "0.1.0"
}
