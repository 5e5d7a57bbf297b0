import Foundation
package import PGKeepModel

/// Older versions, by rclone's way of naming them: `a.sql-v2026-11-27-183203-000.gz` is what `a.sql.gz` was before.
extension RcloneVault {
    package func versions() throws -> [VaultVersion]? {
        guard isS3 else { return nil }
        let current = Set(try items().map(\.name))
        var seen = Set<String>()
        return try items([("versions", "true")]).map { item in
            let modifiedAt = try modifiedAt(item)
            // Somebody may have given a file such a name: then the first of that name is it.
            if current.contains(item.name), seen.insert(item.name).inserted {
                return VaultVersion(
                    name: item.name, id: RcloneVault.stamp(modifiedAt), bytes: item.bytes, modifiedAt: modifiedAt,
                    isCurrent: true)
            }
            let (name, id) = RcloneVault.version(item.name) ?? (item.name, RcloneVault.stamp(modifiedAt))
            return VaultVersion(name: name, id: id, bytes: item.bytes, modifiedAt: modifiedAt, isCurrent: false)
        }
    }

    package func open(_ version: VaultVersion) throws -> any ByteSource {
        let (file, path) = place(of: version)
        let length = try telling("could not look at \(version.name)@\(version.id) in \(address)") {
            try rclone.length(of: file, in: path)
        }
        guard let length else {
            throw PGKeepError(
                .noSuchArchive, "there is no version \(version.id) of \(version.name) in \(address)",
                hint: "pgkeep list --vault \(address) --versions")
        }
        guard length == version.bytes else {
            throw PGKeepError(
                .failed,
                "\(version.name) has two versions of \(version.id) in \(address): rclone can't tell them apart",
                hint: "fetch it by its version's id: aws s3api list-object-versions; aws s3api get-object --version-id")
        }
        return source(file, path, length)
    }

    /// A current one is first hidden by its name: only then can it be told from what comes after it.
    package func remove(_ version: VaultVersion) throws {
        let what = "could not delete version \(version.id) of \(version.name) from \(address)"
        if version.isCurrent {
            if let lock = try lock(of: version.name), lock.until > Date() {
                throw PGKeepError(
                    .privileges, "\(version.name) is locked in \(address) until \(lock.until.iso8601)",
                    hint: "it can be deleted after that")
            }
            try remove(version.name)
        }
        var older = version
        older.isCurrent = false
        let (file, path) = place(of: older)
        do {
            _ = try rclone.call("operations/deletefile", RcloneQuestion(fs: path, remote: file))
        } catch let refusal as RcloneRefusal {
            // A bucket without versions has none left now.
            guard !(refusal.isNotFound && version.isCurrent) else { return }
            throw failure.error(what, refusal)
        }
    }

    /// The file and the remote that give a version.
    private func place(of version: VaultVersion) -> (String, String) {
        guard !version.isCurrent else { return (version.name, remote.with()) }
        let name = version.name
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        return ("\(name[..<dot])-v\(version.id)\(name[dot...])", remote.with([("versions", "true")]))
    }

    /// The name and the id in a version's name; nil if it is no such name.
    static func version(_ text: String) -> (name: String, id: String)? {
        let length = "-v2026-11-27-183203-000".count
        let dot = text.lastIndex(of: ".") ?? text.endIndex
        let stem = text[..<dot]
        guard stem.count > length else { return nil }
        let mark = stem.suffix(length)
        let form = "-v0000-00-00-000000-000"
        guard zip(mark, form).allSatisfy({ $1 == "0" ? $0.isASCII && $0.isNumber : $0 == $1 }) else { return nil }
        return (String(stem.dropLast(length)) + text[dot...], String(mark.dropFirst(2)))
    }

    /// The id that rclone gives a version of a time.
    private static func stamp(_ date: Date) -> String {
        let text = date.iso8601
        let digits = text.split(separator: "T").last.map { $0.filter(\.isNumber) } ?? ""
        return "\(text.prefix(10))-\(digits)-000"
    }
}
