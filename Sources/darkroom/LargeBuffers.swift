import CLinux

/// What malloc(3) does with buffers of the size of pictures.
enum LargeBuffers {
  /// In bytes.
  private static let least: Int32 = 4 << 20

  /// Gives them back to the system when they are freed, whatever came before.
  ///
  /// By itself, glibc keeps in mind the largest mapped buffer that was freed, up to 32 MB, and from then on takes such
  /// buffers from its heaps, one a thread, which keep what they have: mallopt(3), M_MMAP_THRESHOLD. A daemon that has
  /// seen one large picture on each of its threads would hold as many of them for as long as it lives.
  static func areReturnedWhenFreed() {
    clinux_return_buffers_from(least)
  }
}
