import Foundation

/// The variables that rclone gets of ours: credentials and where to find them, and nothing that changes what it does.
///
/// `AWS_CA_BUNDLE` is left out: with some bundles it makes every connection fail; `RCLONE_CA_CERT` serves instead.
struct RcloneEnvironment: Sendable {
    let variables: [String: String]

    private static let names: Set<String> = [
        "HOME", "PATH", "USER", "LOGNAME", "LANG", "TMPDIR", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "SSL_CERT_FILE",
        "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy",
        "all_proxy", "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT", "MSI_SECRET",
    ]
    private static let prefixes = ["AWS_", "RCLONE_", "GOOGLE_", "GCE_", "CLOUDSDK_", "AZURE_"]
    /// Ways in which rclone would answer another way than we ask.
    private static let refused = [
        "AWS_CA_BUNDLE", "RCLONE_RC", "RCLONE_LOG", "RCLONE_VERBOSE", "RCLONE_QUIET", "RCLONE_USE_JSON_LOG",
        "RCLONE_DRY_RUN", "RCLONE_INTERACTIVE", "RCLONE_PROGRESS", "RCLONE_STATS", "RCLONE_INPLACE", "RCLONE_METRICS",
        "RCLONE_PARTIAL_SUFFIX", "RCLONE_IGNORE_EXISTING", "RCLONE_IMMUTABLE", "RCLONE_INCLUDE", "RCLONE_EXCLUDE",
        "RCLONE_FILTER", "RCLONE_MIN_", "RCLONE_MAX_",
    ]
    /// What is told in seconds beats what is tried for minutes; whoever wants other limits sets them.
    private static let limits = [
        "RCLONE_RETRIES": "1", "RCLONE_LOW_LEVEL_RETRIES": "2", "RCLONE_CONTIMEOUT": "10s", "RCLONE_TIMEOUT": "60s",
    ]

    init(_ environment: [String: String]) {
        let passed = environment.filter { name, _ in
            (RcloneEnvironment.names.contains(name) || RcloneEnvironment.prefixes.contains { name.hasPrefix($0) })
                && !RcloneEnvironment.refused.contains { name.hasPrefix($0) }
        }
        variables = RcloneEnvironment.limits.merging(passed) { _, own in own }
    }

    subscript(name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    /// Where a program lies, as a shell would find it.
    func program(_ name: String) -> String? {
        (self["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }
            .first { access($0, X_OK) == 0 }
    }
}
