import Foundation
package import PGKeepModel

/// The operating system's refusals of files and folders, told as ours.
package enum SystemFailure {
    /// Reads `errno` before it makes the text; it comes first after the call that failed.
    package static func error(_ what: @autoclosure () -> String, path: String) -> PGKeepError {
        let number = errno
        let what = what()
        let cause = String(cString: strerror(number))
        switch number {
        case ENOSPC, EDQUOT:
            return PGKeepError(
                .noSpace, what, cause: cause, hint: "df -h \(path); df -i \(path); pgkeep cleanup --dry-run")
        case EACCES, EPERM:
            return PGKeepError(.privileges, what, cause: cause, hint: "ls -ld \(path); sudo chown $(id -un) \(path)")
        case EROFS:
            return PGKeepError(.privileges, what, cause: cause, hint: "findmnt -T \(path); sudo mount -o remount,rw …")
        default: return PGKeepError(.failed, what, cause: cause)
        }
    }
}
