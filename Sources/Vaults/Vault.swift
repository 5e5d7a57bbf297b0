package import Foundation
package import PGKeepModel

/// A file in a vault.
package struct VaultEntry: Sendable, Equatable {
    package var name: String
    package var bytes: Int64
    package var modifiedAt: Date

    package init(name: String, bytes: Int64, modifiedAt: Date) {
        self.name = name
        self.bytes = bytes
        self.modifiedAt = modifiedAt
    }
}

/// What changes whenever a file of a vault comes, goes or is renamed.
package struct VaultStamp: Sendable, Hashable {
    package var modifiedAt: Date
    package var identity: UInt64

    package init(modifiedAt: Date, identity: UInt64) {
        self.modifiedAt = modifiedAt
        self.identity = identity
    }
}

/// A file on its way into a vault: nobody sees it until it is published.
package protocol VaultUpload: ByteSink {
    /// Makes the file durable and gives it its name; an existing one is never replaced.
    func publish() throws
    /// Removes what was written; does nothing once published.
    func discard()
}

/// A place that holds archives and the marks beside them. What it holds is read from it each time.
package protocol Vault: Sendable {
    /// What messages call it.
    var name: String { get }

    /// Every plain file at its top, in no particular order.
    func list() throws -> [VaultEntry]
    func exists(_ name: String) throws -> Bool
    /// A file to read ranges of; it is closed when the value goes.
    func open(_ name: String) throws -> any ByteSource
    /// The same for one that was listed: its length is known.
    func open(_ entry: VaultEntry) throws -> any ByteSource
    /// Begins a file that appears whole or not at all.
    func begin(_ name: String) throws -> any VaultUpload
    /// Writes a small file, replacing what has its name.
    func put(_ name: String, _ bytes: [UInt8]) throws
    func remove(_ name: String) throws
    /// nil where the place can't tell.
    func freeSpace() throws -> ByteCount?
    /// nil where the place can't tell, and has to be listed to know what is in it.
    func stamp() throws -> VaultStamp?
    /// Removes what interrupted uploads left, of the names that `isOurs`; which they were.
    func removeDebris(where isOurs: (String) -> Bool) throws -> [String]

    /// Whether it is away from this machine: each question to it costs a way.
    var isRemote: Bool { get }
    /// Copies a file of this machine in: whole or not at all, never over another; `progress` is told of bytes as they go.
    ///
    /// With a lock, nobody can delete it before its time; a place that has no locks refuses that.
    func put(
        file path: String, as name: String, lock: ObjectLock?, progress: @escaping @Sendable (Int64) -> Void,
        check: @escaping @Sendable () throws -> Void) throws
    /// What the place itself computed over a file's bytes; nil where it computes nothing, or only repeats what it was told.
    func storedHash(_ name: String) throws -> StoredHash?
    /// The lock on a file; nil if there is none.
    func lock(of name: String) throws -> ObjectLock?
    /// Every version of every file; nil where the place keeps none.
    func versions() throws -> [VaultVersion]?
    func open(_ version: VaultVersion) throws -> any ByteSource
    /// Removes a version for good.
    func remove(_ version: VaultVersion) throws
}

extension Vault {
    package func open(_ entry: VaultEntry) throws -> any ByteSource { try open(entry.name) }
    package func stamp() throws -> VaultStamp? { nil }
    package func storedHash(_ name: String) throws -> StoredHash? { nil }
    package func lock(of name: String) throws -> ObjectLock? { nil }
    package func versions() throws -> [VaultVersion]? { nil }
    package func open(_ version: VaultVersion) throws -> any ByteSource { try open(version.name) }
    package func remove(_ version: VaultVersion) throws { try remove(version.name) }
}
