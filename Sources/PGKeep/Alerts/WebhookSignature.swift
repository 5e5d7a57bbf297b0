import Crypto
package import Foundation

/// The signature of a webhook's body: HMAC-SHA256 (RFC 2104) over the time of sending, a dot, and the body.
///
/// The time is in it so that a receiver can refuse what is old: a request that was recorded can't be played again.
package enum WebhookSignature {
    /// The header's name.
    package static let header = "PGKeep-Signature"

    /// The header's value: `t=1769479200,v1=` and 64 hexadecimal digits.
    package static func value(body: String, secret: Secret, at time: Date) -> String {
        let seconds = Int64(time.timeIntervalSince1970.rounded(.down))
        let key = SymmetricKey(data: Data(secret.reveal().utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Data("\(seconds).\(body)".utf8), using: key)
        let digits = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "t=\(seconds),v1=\(digits)"
    }
}
