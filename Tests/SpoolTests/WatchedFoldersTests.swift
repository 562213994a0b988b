import Testing

@testable import Spool

@Suite struct WatchedFoldersTests {
  private var folders = WatchedFolders()

  init() {
    for (path, watch) in [("", 1), ("a", 2), ("a/b", 3), ("ab", 4)] as [(String, Int32)] {
      folders.add(path, watch: watch)
    }
  }

  @Test mutating func movedFolderKeepsItsWatchAndGetsItsNewPath() {
    folders.add("c", watch: 2)
    #expect(folders.path(of: 2) == "c")
    #expect(folders.removeTree("a") == [3])
    #expect(folders.removeTree("c") == [2])
  }

  @Test mutating func folderGoesWithWhatItHoldsAndNothingElse() {
    #expect(folders.removeTree("a") == [2, 3])
    #expect(folders.path(of: 2) == nil)
    #expect(folders.path(of: 4) == "ab")
    #expect(folders.path(of: 1) == "")
  }

  @Test mutating func newFolderOfAnOldNameIsNotForgottenWithTheOldWatch() {
    folders.add("a", watch: 9)
    #expect(folders.remove(watch: 2) == nil)
    #expect(folders.path(of: 9) == "a")
    #expect(folders.removeTree("a") == [3, 9])
  }
}
