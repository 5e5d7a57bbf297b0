import Foundation
package import PGKeepModel

/// What a scratch server may take of the machine it runs on.
package struct ScratchLimits: Sendable {
    /// From its start to its end; nil: as long as it takes.
    package var time: Duration?
    /// On the disk; nil: as much as there is room.
    package var bytes: Int64?

    /// Room that is left to everybody else on the same disk: this much, or a twentieth of a small one.
    private static let leftFree: UInt64 = 1 << 30

    package init(time: Duration? = nil, bytes: Int64? = nil) {
        self.time = time
        self.bytes = bytes
    }

    /// Looks until it is cancelled; throws as soon as a limit is passed.
    func watch<Result>(_ folder: ScratchFolder) async throws -> Result? {
        let start = ContinuousClock.now
        var looks = 0
        while true {
            looks += 1
            // Nobody tells what a server takes of the disk: it is looked at, and a fast disk fills a gigabyte in a second.
            try await Task.sleep(for: .milliseconds(250))
            if let time, start.duration(to: .now) > time { throw ScratchLimits.passed("the scratch server", time) }
            // Each of its files is looked at, which takes a while of many.
            if let bytes, looks.isMultiple(of: 4), case let taken = folder.bytes(), taken > bytes {
                throw PGKeepError(
                    .noSpace, "the scratch server took \(ByteCount(taken)), more than \(ByteCount(bytes))",
                    hint: "export BACKUP_DRILL_MAX_SIZE=…   (what it may take)")
            }
            var status = statvfs()
            guard statvfs(folder.path, &status) == 0 else { continue }
            let block = UInt64(status.f_frsize)
            let least = min(ScratchLimits.leftFree, UInt64(status.f_blocks) * block / 20)
            if UInt64(status.f_bavail) * block < least {
                throw PGKeepError(
                    .noSpace, "the disk of \(folder.path) is nearly full",
                    hint: "export BACKUP_DRILL_DIR=…   (a folder with more room)")
            }
        }
    }

    /// The error when the time for `what` is over.
    package static func passed(_ what: String, _ time: Duration) -> PGKeepError {
        PGKeepError(
            .limit, "\(what) was stopped after \(time.setting)",
            hint: "export BACKUP_DRILL_TIMEOUT=…   (how long a drill may take)")
    }
}
