extension SettingDefinition {
    /// Those of `pgkeep serve`.
    static let keeping: [SettingDefinition] = [listen, stopTimeout, stallTimeout]

    static let listen = SettingDefinition(
        "BACKUP_LISTEN", key: "backup.listen", type: "address", default: "127.0.0.1:8017",
        range: "HOST:PORT, [IPV6]:PORT, :PORT for every address, or off",
        "Where `pgkeep serve` answers /healthz, /livez and /metrics over HTTP.")
    static let stopTimeout = SettingDefinition(
        "BACKUP_STOP_TIMEOUT", key: "backup.stopTimeout", type: "duration", default: "2m", range: "0s to 24h",
        "How long `pgkeep serve`, told to stop, lets a run go on before it is abandoned, which leaves nothing behind.")
    static let stallTimeout = SettingDefinition(
        "BACKUP_STALL_TIMEOUT", key: "backup.stallTimeout", type: "duration", default: "15m", range: "1s to 24h",
        "How long a backup may stand still, with nothing read or written, before it is given up as failed.")
}
