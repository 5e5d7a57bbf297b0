import Foundation
package import PGKeepModel
import Synchronization

/// A place that rclone reaches: a bucket, a folder of another machine, a remote of its configuration.
package final class RcloneVault: Vault {
    package let address: VaultAddress
    package var name: String { address.description }
    package var isRemote: Bool { true }

    let rclone: Rclone
    let remote: RcloneRemote
    private let facts = Mutex<RcloneAnswer.Facts.Features?>(nil)
    private let isFound = Mutex(false)

    package init(_ address: VaultAddress, rclone: Rclone = .shared) throws {
        self.address = address
        self.rclone = rclone
        remote = try RcloneRemote(address, rclone.environment)
    }

    package func list() throws -> [VaultEntry] {
        try items().map { VaultEntry(name: $0.name, bytes: $0.bytes, modifiedAt: try modifiedAt($0)) }
    }

    package func exists(_ name: String) throws -> Bool {
        guard try stat(name) == nil else { return true }
        try find()
        return false
    }

    package func open(_ name: String) throws -> any ByteSource {
        let path = remote.with()
        let length = try telling("could not look at \(name) in \(address)") { try rclone.length(of: name, in: path) }
        guard let length else {
            try find()
            throw PGKeepError(
                .noSuchArchive, "there is no \(name) in \(address)", hint: "pgkeep list --vault \(address)")
        }
        return source(name, path, length)
    }

    package func open(_ entry: VaultEntry) throws -> any ByteSource { source(entry.name, remote.with(), entry.bytes) }

    package func put(_ name: String, _ bytes: [UInt8]) throws {
        try rclone.kept { folder in
            let waiting = UUID().uuidString
            let file = "\(folder)/\(waiting)"
            defer { unlink(file) }
            try DirectoryVault(folder).put(waiting, bytes)
            try upload(file, as: name, options: [], progress: { _ in }, check: {})
        }
    }

    package func begin(_ name: String) throws -> any VaultUpload { try RcloneUpload(name, to: self) }

    package func remove(_ name: String) throws {
        do {
            _ = try rclone.call("operations/deletefile", RcloneQuestion(fs: remote.with(), remote: name))
        } catch let refusal as RcloneRefusal {
            guard !refusal.isNotFound else { return try find() }
            throw try refusalToDelete(name, refusal)
        }
    }

    package func freeSpace() throws -> ByteCount? {
        guard try features().canTellSpace else { return nil }
        return try telling("could not ask \(address) for its space") {
            try rclone.call("operations/about", RcloneQuestion(fs: remote.with()), as: RcloneAnswer.About.self).free
        }.map(ByteCount.init)
    }

    /// Ends what nobody will end any more: parts of uploads to a bucket, which nobody sees but everybody pays for, and
    /// files under a temporary name.
    package func removeDebris(where isOurs: (String) -> Bool) throws -> [String] {
        guard try !features().isBucketBased else {
            // Elsewhere the same command deletes versions, or empties a bin.
            if isS3 { try endUploads() }
            return []
        }
        var removed: [String] = []
        let old = Date(timeIntervalSinceNow: -3_600)
        for item in try items(withPartials: true) {
            guard let name = RcloneVault.name(ofPartial: item.name), isOurs(name), try modifiedAt(item) < old else {
                continue
            }
            try remove(item.name)
            removed.append(name)
        }
        return removed
    }

    /// Those of a day ago and more: another machine may be uploading just now.
    private func endUploads() throws {
        do {
            try telling("could not tidy \(address)") {
                _ = try rclone.call("operations/cleanup", RcloneQuestion(fs: remote.with()))
            }
        } catch let error as PGKeepError where error.code == .privileges {
            // Credentials that can list and end uploads are not needed for copies.
        }
    }

    /// What the remote can do.
    func features() throws -> RcloneAnswer.Facts.Features {
        if let known = facts.withLock(\.self) { return known }
        let told = try telling("could not reach \(address)") {
            try rclone.call("operations/fsinfo", RcloneQuestion(fs: remote.with()), as: RcloneAnswer.Facts.self)
        }.features
        facts.withLock { $0 = told }
        return told
    }

    /// Tells that the bucket isn't there before anything else is told of it.
    func find() throws {
        guard !isFound.withLock(\.self) else { return }
        _ = try items()
        isFound.withLock { $0 = true }
    }

    func stat(_ name: String, metadata: Bool = false, hash: Bool = false) throws -> RcloneAnswer.Item? {
        try telling("could not look at \(name) in \(address)") {
            try rclone.call(
                "operations/stat",
                RcloneQuestion(
                    fs: remote.with(), remote: name, opt: .init(metadata: metadata, showHash: hash),
                    config: .init(useServerModTime: true)), as: RcloneAnswer.Stat.self
            ).item
        }
    }

    /// Everything at the top, in one question.
    func items(
        _ options: [(String, String)] = [], withPartials: Bool = false
    ) throws -> [RcloneAnswer.Item] {
        do {
            let items = try rclone.call(
                "operations/list",
                RcloneQuestion(
                    fs: remote.with(options), remote: "", opt: .init(), config: .init(useServerModTime: true)),
                as: RcloneAnswer.List.self
            ).list
            return withPartials ? items : items.filter { RcloneVault.name(ofPartial: $0.name) == nil }
        } catch let refusal as RcloneRefusal {
            guard refusal.isNotFound else { throw failure.error("could not list \(address)", refusal) }
            // A folder that isn't there yet is empty; a bucket has to be made by somebody who may.
            guard try features().isBucketBased else { return [] }
            throw PGKeepError(.settings, "there is no bucket for \(address)", hint: failure.missingBucketHint)
        }
    }

    func source(_ name: String, _ path: String, _ length: Int64) -> any ByteSource {
        RcloneSource(name: name, byteCount: length, remote: path, vault: self)
    }

    var failure: RcloneFailure { RcloneFailure(address: address, environment: rclone.environment) }

    /// Runs `body` and tells what rclone refuses as ours.
    func telling<Result>(_ what: @autoclosure () -> String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let refusal as RcloneRefusal {
            // Where a store only says no, a list tells whether it says so to everything, and why.
            if refusal.isBareNo { _ = try items() }
            throw failure.error(what(), refusal)
        }
    }

    func modifiedAt(_ item: RcloneAnswer.Item) throws -> Date {
        guard let date = item.modifiedAt else {
            throw PGKeepError(.failed, "\(address) tells no time for \(item.name)", cause: item.modified)
        }
        return date
    }

    /// Whether it is locked, where the store says no more than no.
    func refusalToDelete(_ name: String, _ refusal: RcloneRefusal) throws -> PGKeepError {
        guard try exists(name), let lock = try lock(of: name), lock.until > Date() else {
            return failure.error("could not delete \(name) from \(address)", refusal)
        }
        return PGKeepError(
            .privileges, "\(name) is locked in \(address) until \(lock.until.iso8601)", cause: refusal.message,
            hint: "it can be deleted after that")
    }

    /// The name that a file under a temporary one was to have; nil if it is not such a file.
    static func name(ofPartial text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 2, parts.last == "partial", parts[parts.count - 2].count == 8,
            parts[parts.count - 2].allSatisfy(\.isHexDigit)
        else { return nil }
        return parts.dropLast(2).joined(separator: ".")
    }
}
