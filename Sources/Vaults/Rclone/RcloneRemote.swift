import PGKeepModel

/// How rclone is told of a vault's place: `:s3,env_auth='true':bucket/prefix/`. No secret is ever in it.
struct RcloneRemote: Sendable {
    /// `:s3`, or the name of a configured remote.
    private let remote: String
    private let options: [(String, String)]
    private let path: String

    init(_ address: VaultAddress, _ environment: RcloneEnvironment) throws {
        // What the environment sets for a backend is the user's; we set what is open.
        func unset(_ variable: String, _ option: (String, String)) -> [(String, String)] {
            environment[variable] == nil ? [option] : []
        }
        switch address.place {
        case .folder(let folder):
            throw PGKeepError(.failed, "a folder needs no rclone: \(folder)")
        case .s3(let bucket, let prefix):
            remote = ":s3"
            options = RcloneRemote.s3(environment)
            path = RcloneRemote.folder(bucket, prefix)
        case .google(let bucket, let prefix):
            remote = ":gcs"
            let hasOwn = ["RCLONE_GCS_ANONYMOUS", "RCLONE_GCS_SERVICE_ACCOUNT_FILE", "RCLONE_GCS_ENV_AUTH"]
                .contains { environment[$0] != nil }
            options =
                (hasOwn ? [] : [("env_auth", "true")])
                + unset("RCLONE_GCS_BUCKET_POLICY_ONLY", ("bucket_policy_only", "true"))
                + [("no_check_bucket", "true")]
            path = RcloneRemote.folder(bucket, prefix)
        case .azure(let container, let prefix):
            remote = ":azureblob"
            let hasOwn = ["KEY", "SAS_URL", "CONNECTION_STRING", "ENV_AUTH", "CLIENT_ID", "USE_MSI", "USE_AZ"]
                .contains { environment["RCLONE_AZUREBLOB_\($0)"] != nil }
            options = (hasOwn ? [] : [("env_auth", "true")]) + [("no_check_container", "true")]
            path = RcloneRemote.folder(container, prefix)
        case .sftp(let user, let host, let port, let folder):
            remote = ":sftp"
            // Without known hosts rclone would talk to anybody who answers. A shell there isn't needed.
            options =
                [("host", host)] + (user.map { [("user", $0)] } ?? []) + (port.map { [("port", "\($0)")] } ?? [])
                + unset("RCLONE_SFTP_KNOWN_HOSTS_FILE", ("known_hosts_file", RcloneRemote.knownHosts(environment)))
                + unset("RCLONE_SFTP_SHELL_TYPE", ("shell_type", "none"))
                + [("disable_hashcheck", "true")]
            path = folder
        case .rclone(let name, let folder):
            remote = name
            options = []
            path = folder
        }
        guard !path.contains("]") else {
            throw PGKeepError(.settings, "the path of a vault off this machine can't have a ']' in it: \(path)")
        }
    }

    static func knownHosts(_ environment: RcloneEnvironment) -> String {
        "\(environment["HOME"] ?? "")/.ssh/known_hosts"
    }

    /// The remote, with options of this use beside its own.
    func with(_ more: [(String, String)] = []) -> String {
        let all = (options + more).map {
            ",\($0.0)='\($0.1.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
        }
        return "\(remote)\(all.joined()):\(path)"
    }

    private static func s3(_ environment: RcloneEnvironment) -> [(String, String)] {
        let endpoint = environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"]
        let region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
        var options = [("no_check_bucket", "true")]
        if environment["RCLONE_S3_PROVIDER"] == nil { options.append(("provider", endpoint == nil ? "AWS" : "Other")) }
        if environment["RCLONE_S3_ENV_AUTH"] == nil, environment["RCLONE_S3_ACCESS_KEY_ID"] == nil {
            options.append(("env_auth", "true"))
        }
        if let endpoint, environment["RCLONE_S3_ENDPOINT"] == nil { options.append(("endpoint", endpoint)) }
        if let region, environment["RCLONE_S3_REGION"] == nil { options.append(("region", region)) }
        return options
    }

    /// With a slash at its end, so that no question is asked whether it is a file.
    private static func folder(_ bucket: String, _ prefix: String) -> String {
        prefix.isEmpty ? bucket : "\(bucket)/\(prefix)/"
    }
}
