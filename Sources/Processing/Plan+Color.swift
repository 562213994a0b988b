extension Plan {
  /// The way to sRGB, which is the same for all outputs that take it.
  var conversion: ColorConversion? {
    for output in outputs {
      if case .encoded(let work) = output.pixels, case .color(let conversion)? = work.steps.first { return conversion }
    }
    return nil
  }

  /// Steps that all outputs with steps begin with, and that are done in the original's memory.
  var stepsDoneBefore: Int { convertsEverything ? 1 : 0 }

  /// Whether nobody needs the original's own colours: then they are converted in its memory, before the outputs are
  /// made, and the first step of each is done.
  var convertsEverything: Bool {
    conversion != nil
      && outputs.allSatisfy { output in
        switch output.pixels {
        case .kept: readBack == .structure
        case .turned: true
        case .encoded(let work): if case .color? = work.steps.first { true } else { false }
        }
      }
  }
}
