import Metadata

extension ICCProfile {
  /// What a stranger could learn from a profile: a screen's or a printer's own is named after it, and often after its
  /// owner.
  var findings: [Finding] {
    var found: [Finding] = []
    if let name, !name.isEmpty { found.append(Finding(.device, "ICC profile", "ProfileDescription", name)) }
    if let made, !made.isEmpty { found.append(Finding(.time, "ICC profile", "ProfileDateTime", made)) }
    if let rights, !rights.isEmpty { found.append(Finding(.words, "ICC profile", "ProfileCopyright", rights)) }
    return found
  }
}
