import Metadata
import Processing

extension Recipe {
  /// With what a request says of its picture laid over each output's policy.
  public func naming(_ texts: MetadataTexts?) -> Recipe {
    guard let texts else { return self }
    var recipe = self
    for index in recipe.outputs.indices { recipe.outputs[index].metadata = outputs[index].metadata.naming(texts) }
    return recipe
  }
}
