import Foundation
import PGKeepModel

/// What a scratch server may take of the machine it runs on.
package struct ScratchLimits: Sendable {
    /// From its start to its end; nil: as long as it takes.
    package var time: Duration?
    /// On the disk; nil: as much as there is room.
    package var bytes: Int64?

    /// Room that is left to everybody else on the same disk.
    private static let leftFree: UInt64 = 64 << 20

    package init(time: Duration? = nil, bytes: Int64? = nil) {
        self.time = time
        self.bytes = bytes
    }

    /// Looks until it is cancelled; throws as soon as a limit is passed.
    func watch<Result>(_ folder: ScratchFolder) async throws -> Result? {
        let start = ContinuousClock.now
        while true {
            // What a server takes of the disk it doesn't tell: that is looked at, once a second.
            try await Task.sleep(for: .seconds(1))
            if let time, start.duration(to: .now) > time {
                throw PGKeepError(
                    .limit, "the scratch server was stopped after \(time.setting)",
                    hint: "export BACKUP_DRILL_TIMEOUT=…   (how long a drill may take)")
            }
            if let bytes, case let taken = folder.bytes(), taken > bytes {
                throw PGKeepError(
                    .noSpace, "the scratch server took \(ByteCount(taken)), more than \(ByteCount(bytes))",
                    hint: "export BACKUP_DRILL_MAX_SIZE=…   (what it may take)")
            }
            var status = statvfs()
            if statvfs(folder.path, &status) == 0,
                UInt64(status.f_bavail) * UInt64(status.f_frsize) < ScratchLimits.leftFree
            {
                throw PGKeepError(
                    .noSpace, "the disk of \(folder.path) is nearly full",
                    hint: "export BACKUP_DRILL_DIR=…   (a folder with more room)")
            }
        }
    }
}
