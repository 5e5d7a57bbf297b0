import Foundation
import PGKeepModel

/// What rclone refuses, told as ours: what is wrong and what to do about it.
///
/// rclone passes on the words of the store and has no codes of its own; this is the one place that reads them.
struct RcloneFailure {
    let address: VaultAddress
    let environment: RcloneEnvironment

    func error(_ what: String, _ refusal: RcloneRefusal) -> PGKeepError {
        let (code, hint) = reading(of: refusal)
        return PGKeepError(code, what, cause: cause(refusal), hint: hint)
    }

    private func reading(of refusal: RcloneRefusal) -> (PGKeepError.Code, String?) {
        if refusal.says("RequestTimeTooSkewed", "difference between the request time and the") {
            return (.failed, "this machine's clock is off: timedatectl; sudo timedatectl set-ntp true")
        }
        if refusal.says("NoSuchBucket", "ContainerNotFound", "bucket does not exist", "BucketNotFound") {
            return (.settings, missingBucketHint)
        }
        if refusal.says(
            "failed to refresh cached credentials", "get credentials", "NoCredentialProviders",
            "could not find default credentials", "failed to acquire a token", "need account+key")
        {
            return (.privileges, credentialsHint)
        }
        if refusal.says(
            "SignatureDoesNotMatch", "InvalidAccessKeyId", "InvalidToken", "ExpiredToken", "unable to authenticate",
            "AuthenticationFailed", "Unauthorized", "invalid_grant", "StatusCode: 401")
        {
            return (.privileges, "the credentials are not the store's: \(credentialsHint)")
        }
        if refusal.says("knownhosts:", "key mismatch", "known_hosts") { return (.privileges, knownHostsHint) }
        if refusal.says("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraint") {
            return (.settings, "export AWS_REGION=…   (the region of the bucket)")
        }
        if refusal.says(
            "no space left", "remaining disk space", "QuotaExceeded", "disk quota", "InsufficientStorage",
            "StatusCode: 507",
            "XMinioStorageFull", "SSH_FX_FAILURE: no space")
        {
            return (.noSpace, "\(address) has no room left: make some, or delete backups there that are not needed")
        }
        if refusal.says(
            "AccessDenied", "Forbidden", "StatusCode: 403", "Error 403", "permission denied",
            "AuthorizationPermissionMismatch")
        {
            return (
                .privileges,
                "the credentials may not do this at \(address): give them leave to list, read, write and delete there"
            )
        }
        if refusal.says(
            "connection refused", "no such host", "i/o timeout", "no route to host", "network is unreachable",
            "connection reset", "server misbehaving", "TLS handshake", "deadline exceeded", "x509:", "StatusCode: 503",
            "StatusCode: 502", "StatusCode: 504", "ServiceUnavailable", "StatusCode: 0", "couldn't connect SSH",
            "connection lost", "answer broke off", "EOF")
        {
            return (.unreachable, reachHint)
        }
        if refusal.says("didn't find section in config file") {
            return (.settings, "rclone listremotes; rclone config")
        }
        return (.failed, nil)
    }

    /// rclone's words without the numbers of requests, and without what in an address may be a secret.
    private func cause(_ refusal: RcloneRefusal) -> String {
        let message = refusal.message.replacing(/:\/\/[^\s"\/@]*@/, with: "://")
            .replacing(/(:\/\/[^\s"?]*)\?[^\s"]*/) { "\($0.output.1)?…" }
        var parts = message.components(separatedBy: ", ")
        parts.removeAll { $0.hasPrefix("RequestID:") || $0.hasPrefix("HostID:") }
        return parts.joined(separator: ", ")
    }

    var missingBucketHint: String {
        switch address.place {
        case .s3(let bucket, _):
            "aws s3api create-bucket --bucket \(bucket)   (with --object-lock-enabled-for-bucket for locked copies)"
        case .google(let bucket, _): "gcloud storage buckets create gs://\(bucket)"
        case .azure(let container, _): "az storage container create --name \(container)"
        case .rclone(let remote, let path): "rclone mkdir \(remote):\(path)"
        case .sftp, .folder: "mkdir -p …"
        }
    }

    private var credentialsHint: String {
        switch address.place {
        case .s3: "export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…   (or give the machine a role)"
        case .google: "export GOOGLE_APPLICATION_CREDENTIALS=/path/key.json   (or give the machine a service account)"
        case .azure:
            "export RCLONE_AZUREBLOB_ACCOUNT=… RCLONE_AZUREBLOB_KEY=…   (or give the machine a managed identity)"
        case .sftp: "export RCLONE_SFTP_KEY_FILE=~/.ssh/id_ed25519   (or use an ssh-agent)"
        case .rclone(let remote, _): "rclone config reconnect \(remote):"
        case .folder: ""
        }
    }

    private var knownHostsHint: String {
        guard case .sftp(_, let host, let port, _) = address.place else { return "rclone config" }
        return
            "ssh-keyscan\(port.map { " -p \($0)" } ?? "") \(host) >> ~/.ssh/known_hosts   (compare the key with the host's first)"
    }

    private var reachHint: String {
        switch address.place {
        case .s3:
            environment["AWS_ENDPOINT_URL_S3"].map { "curl -sSI \($0)" }
                ?? environment["AWS_ENDPOINT_URL"].map { "curl -sSI \($0)" }
                ?? "curl -sSI https://s3.amazonaws.com   (another store: export AWS_ENDPOINT_URL=https://…)"
        case .google: "curl -sSI https://storage.googleapis.com"
        case .azure: "curl -sSI https://…blob.core.windows.net"
        case .sftp(_, let host, let port, _): "ssh\(port.map { " -p \($0)" } ?? "") \(host) true"
        case .rclone(let remote, _): "rclone lsd \(remote):"
        case .folder: ""
        }
    }
}
