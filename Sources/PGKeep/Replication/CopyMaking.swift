package import Foundation
package import PGKeepModel
import PGKeepVaults

/// A copy that was made, and how sure of it one can be.
package struct MadeCopy: Sendable, Hashable {
    package var name: String
    package var bytes: Int64
    /// How it was compared with its original: `MD5`, `18 samples`.
    package var checked: String
    /// As it was read back.
    package var lock: ObjectLock?
    /// It was to be locked, and the time for that was over.
    package var lockPast: Date?
    package var seconds: Double

    package init(
        name: String, bytes: Int64, checked: String, lock: ObjectLock? = nil, lockPast: Date? = nil, seconds: Double
    ) {
        self.name = name
        self.bytes = bytes
        self.checked = checked
        self.lock = lock
        self.lockPast = lockPast
        self.seconds = seconds
    }
}

/// Copies one archive into one vault: put, compared, its lock read back. What doesn't compare is taken away again.
struct CopyMaking: Sendable {
    let vault: any Vault
    let source: DirectoryVault
    let name: String
    let locking: CopyLocking
    let moved: @Sendable (Int64) -> Void
    let check: @Sendable () throws -> Void

    func run() throws -> MadeCopy {
        let clock = ContinuousClock()
        let start = clock.now
        let path = source.path(of: name)
        let original = try FileSource(path)
        try vault.put(file: path, as: name, lock: locking.lock, progress: moved, check: check)
        let checked: String
        do {
            checked = try CopyCheck(vault: vault, name: name, original: original, moved: moved, check: check).run()
        } catch let error as PGKeepError where error.code == .damaged {
            try vault.remove(name)
            throw error
        }
        let lock = try locking.confirmed(name, in: vault)
        var past: Date?
        if case .past(let date) = locking { past = date }
        return MadeCopy(
            name: name, bytes: original.byteCount, checked: checked, lock: lock, lockPast: past,
            seconds: start.duration(to: clock.now).seconds)
    }
}
