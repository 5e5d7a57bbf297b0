import Foundation

/// Where a vault is, as it is written in settings: `s3://bucket/prefix`, `sftp://user@host/path`, `file:///mnt/nas`.
public struct VaultAddress: Sendable, Hashable {
    /// Where a vault can be.
    public enum Place: Sendable, Hashable {
        /// A folder of this machine, or one mounted on it.
        case folder(path: String)
        /// A bucket of Amazon's S3, or of anything that speaks its protocol.
        case s3(bucket: String, prefix: String)
        /// A bucket of Google Cloud Storage.
        case google(bucket: String, prefix: String)
        /// A container of Azure Blob Storage.
        case azure(container: String, prefix: String)
        /// A folder of another machine, over SSH.
        case sftp(user: String?, host: String, port: Int?, path: String)
        /// A remote that rclone's own configuration knows.
        case rclone(remote: String, path: String)
    }

    /// The kind of place, with what it takes to find it.
    public let place: Place

    /// The kinds, as they are told to people.
    public static let kinds =
        "s3://bucket/prefix, gs://…, azblob://…, sftp://user@host/path, file:///mnt/nas, rclone:remote:path"

    /// Reads an address; what is wrong with it is told without any password in it.
    public init(_ text: String) throws {
        place = try VaultAddress.place(text)
    }

    /// Whether a text looks like an address rather than like a name or a path.
    public static func isAddress(_ text: String) -> Bool { text.contains("://") || text.hasPrefix("rclone:") }

    /// A copy there is away from this machine.
    public var isRemote: Bool {
        if case .folder = place { false } else { true }
    }

    /// Whether single objects can be locked there.
    public var hasLocks: Bool {
        if case .s3 = place { true } else { false }
    }

    /// What kind of storage it is: copies on two kinds survive what one kind dies of.
    public var storage: String {
        switch place {
        case .folder: "disk"
        case .s3: "S3"
        case .google: "Google Cloud Storage"
        case .azure: "Azure Blob"
        case .sftp: "SFTP"
        case .rclone(let remote, _): "rclone remote \(remote)"
        }
    }

    private static func place(_ text: String) throws -> Place {
        if text.hasPrefix("rclone:") {
            let rest = text.dropFirst("rclone:".count)
            guard let colon = rest.firstIndex(of: ":"), colon != rest.startIndex else {
                throw malformed("an rclone address needs a remote and a colon", "rclone:remote:path")
            }
            // Everything after the name would go to rclone as options, and secrets with it.
            guard rest[..<colon].allSatisfy({ $0.isLetter || $0.isNumber || "-_. +@".contains($0) }) else {
                throw malformed("an rclone address takes the name of a configured remote", "rclone:remote:path")
            }
            return .rclone(
                remote: String(rest[..<colon]), path: trimmed(rest[rest.index(after: colon)...], leading: false))
        }
        guard let range = text.range(of: "://") else {
            throw malformed("not a vault's address: '\(text)'", kinds)
        }
        let scheme = text[..<range.lowerBound].lowercased()
        let rest = text[range.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        let path = rest[slash...]
        guard !rest.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw malformed("a vault's address takes no '?' and no '#'", kinds)
        }
        switch scheme {
        case "file":
            guard authority.isEmpty || authority == "localhost", path.count > 1 else {
                throw malformed("a folder's address has three slashes", "file:///mnt/nas")
            }
            return .folder(path: "/" + trimmed(path, leading: true))
        case "s3", "gs", "azblob":
            let bucket = try name(authority, scheme)
            let prefix = trimmed(path, leading: true)
            switch scheme {
            case "s3": return .s3(bucket: bucket, prefix: prefix)
            case "gs": return .google(bucket: bucket, prefix: prefix)
            default: return .azure(container: bucket, prefix: prefix)
            }
        case "sftp": return try sftp(authority, path)
        default:
            throw malformed("unknown kind of vault: \(scheme)://", kinds)
        }
    }

    private static func name(_ authority: Substring, _ scheme: String) throws -> String {
        guard !authority.contains("@") else {
            throw malformed(
                "a \(scheme):// address takes no credentials: they belong in the environment",
                "\(scheme)://bucket/prefix")
        }
        guard !authority.isEmpty,
            authority.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) })
        else { throw malformed("a \(scheme):// address needs a bucket's name", "\(scheme)://bucket/prefix") }
        return String(authority)
    }

    private static func sftp(_ authority: Substring, _ path: Substring) throws -> Place {
        var host = authority
        var user: String?
        if let at = authority.lastIndex(of: "@") {
            guard !authority[..<at].contains(":") else {
                throw malformed(
                    "an sftp:// address takes no password: use a key, or an rclone remote", "sftp://user@host/path")
            }
            user = String(authority[..<at])
            host = authority[authority.index(after: at)...]
        }
        var port: Int?
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            guard let number = Int(host[host.index(after: colon)...]), (1...65_535).contains(number) else {
                throw malformed(
                    "the port of an sftp:// address is a number from 1 to 65535", "sftp://user@host:22/path")
            }
            port = number
            host = host[..<colon]
        }
        guard !host.isEmpty, user != "", path.count > 1 else {
            throw malformed("an sftp:// address needs a host and a path", "sftp://user@host/path")
        }
        return .sftp(user: user, host: String(host), port: port, path: "/" + trimmed(path, leading: true))
    }

    private static func trimmed(_ path: Substring, leading: Bool) -> String {
        var path = path
        while leading, path.hasPrefix("/") { path = path.dropFirst() }
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }

    private static func malformed(_ message: String, _ takes: String) -> PGKeepError {
        PGKeepError(.settings, message, hint: "an address of a vault is one of: \(takes)")
    }
}

extension VaultAddress: CustomStringConvertible {
    /// As it is written in settings, without a slash at its end.
    public var description: String {
        func url(_ scheme: String, _ bucket: String, _ prefix: String) -> String {
            prefix.isEmpty ? "\(scheme)://\(bucket)" : "\(scheme)://\(bucket)/\(prefix)"
        }
        return switch place {
        case .folder(let path): "file://\(path)"
        case .s3(let bucket, let prefix): url("s3", bucket, prefix)
        case .google(let bucket, let prefix): url("gs", bucket, prefix)
        case .azure(let container, let prefix): url("azblob", container, prefix)
        case .sftp(let user, let host, let port, let path):
            "sftp://\(user.map { "\($0)@" } ?? "")\(host)\(port.map { ":\($0)" } ?? "")\(path)"
        case .rclone(let remote, let path): "rclone:\(remote):\(path)"
        }
    }
}
