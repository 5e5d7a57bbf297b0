import Foundation
import PGKeepModel

/// The operating system's refusals, told as ours.
enum SystemFailure {
    /// Reads `errno`, so it comes first after the call that failed.
    static func error(_ what: String, path: String) -> PGKeepError {
        let number = errno
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
