/// Why a run ended early: an output could not be made, or whoever was handed one did not take it.
public enum RunError<Emission: Error>: Error {
  case processing(ProcessingError)
  /// What `emit` threw.
  case emission(Emission)
}

extension RunError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .processing(let error): error.description
    case .emission(let error): "\(error)"
    }
  }
}
