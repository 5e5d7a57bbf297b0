import Foundation
import PGKeepModel

/// The user that a scratch server runs as when we are root, which PostgreSQL refuses to be.
struct ScratchUser: Sendable {
    var name: String
    var id: uid_t
    var group: gid_t

    /// The arguments with which util-linux's `setpriv` runs a program as this user.
    ///
    /// Changing the user in the child itself, between fork and exec, can wait for ever there for a lock of the C library
    /// that one of our other threads held when it was forked.
    func becoming(_ program: String) -> [String] {
        ["--reuid=\(id)", "--regid=\(group)", "--clear-groups", program]
    }

    /// `postgres`, else `nobody`; nil when we are not root.
    static func unprivileged() throws -> ScratchUser? {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) {
                return ScratchUser(name: name, id: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
            }
        }
        throw PGKeepError(
            .privileges, "PostgreSQL refuses to run as root and there is no user postgres or nobody",
            hint: "run pgkeep as another user")
    }
}
