import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import PGKeepModel

/// What went wrong between us and a host, in words that name the host and never the path.
enum AlertPostFailure {
    static func error(_ error: any Error, address: AlertAddress, limits: AlertLimits) -> PGKeepError {
        let place = address.place
        switch error {
        case is CancellationError: return interrupted(place)
        case let error as HTTPClientError:
            return client(error, address, limits)
        case let error as NIOConnectionError:
            return connection(error, place)
        case is ChannelError:
            return noConnection(place, limits)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            return untrusted(address, words(of: error))
        case let error as IOError:
            return broken(error, place)
        default:
            return PGKeepError(.failed, "nothing could be sent to \(place)", cause: "\(error)")
        }
    }

    private static func client(_ error: HTTPClientError, _ address: AlertAddress, _ limits: AlertLimits) -> PGKeepError
    {
        let place = address.place
        switch error {
        case .cancelled: return interrupted(place)
        case .connectTimeout, .getConnectionFromPoolTimeout: return noConnection(place, limits)
        case .tlsHandshakeTimeout: return untrusted(address, "no handshake of TLS in time")
        case .deadlineExceeded, .readTimeout, .writeTimeout:
            return PGKeepError(
                .unreachable, "\(place) did not answer within \(limits.whole.setting)",
                hint: "export BACKUP_ALERT_TIMEOUT=\((limits.whole * 2).setting)   (if it takes longer)")
        case .remoteConnectionClosed:
            return PGKeepError(
                .unreachable, "\(place) closed the connection without an answer",
                hint: "is it \(address.scheme)? look at that service's own log")
        default:
            return PGKeepError(.failed, "nothing could be sent to \(place)", cause: error.shortDescription.lowercased())
        }
    }

    private static func interrupted(_ place: String) -> PGKeepError {
        PGKeepError(.interrupted, "sending to \(place) was interrupted")
    }

    private static func noConnection(_ place: String, _ limits: AlertLimits) -> PGKeepError {
        PGKeepError(
            .unreachable, "\(place) took no connection within \(limits.connect.setting)",
            hint: "is a firewall between? curl -v \(place)")
    }

    private static func connection(_ error: NIOConnectionError, _ place: String) -> PGKeepError {
        switch error.connectionErrors.first?.error {
        case let first as IOError: return broken(first, place)
        case let first?: return refused(place, "\(first)")
        case nil:
            let host = place.split(separator: ":").first ?? ""
            return PGKeepError(.unreachable, "the name \(host) is not known", hint: "getent hosts \(host)")
        }
    }

    /// Of an address in numbers the system's refusal comes as it is.
    private static func broken(_ error: IOError, _ place: String) -> PGKeepError {
        let cause = String(cString: strerror(error.errnoCode)).lowercased()
        if [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(error.errnoCode) {
            return refused(place, cause)
        }
        return PGKeepError(
            .unreachable, "the connection to \(place) broke", cause: cause, hint: "look at that service's own log")
    }

    private static func refused(_ place: String, _ cause: String) -> PGKeepError {
        PGKeepError(
            .unreachable, "could not connect to \(place)", cause: cause,
            hint: "is that service up? curl -v \(place)")
    }

    private static func untrusted(_ address: AlertAddress, _ words: String) -> PGKeepError {
        let place = "\(address.host):\(address.port ?? 443)"
        return PGKeepError(
            .unreachable, "no trusted connection to \(address.place)", cause: words,
            hint: "openssl s_client -connect \(place) -servername \(address.host) </dev/null"
                + "   (an authority of your own: export SSL_CERT_FILE=/path/to/ca.pem)")
    }

    /// BoringSSL's report, or what matters of it to people.
    private static func words(of error: any Error) -> String {
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return "its certificate is not trusted, or has expired" }
        if error is NIOSSLExtraError { return "its certificate is for another name" }
        guard let reason = text.firstMatch(of: /OPENSSL_internal:([A-Z0-9_]+)/) else { return text }
        return reason.1.lowercased().replacing("_", with: " ")
    }
}
