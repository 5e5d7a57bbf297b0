/// The settings of a server that lives for one drill.
enum DrillServer {
    /// Nothing needs to survive a crash, nobody else is there, and every table is locked at once when contents are read.
    static func settings(jobs: Int, tables: Int) -> [String: String] {
        [
            "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "wal_level": "minimal",
            "max_wal_senders": "0", "max_wal_size": "2GB", "checkpoint_timeout": "1h", "autovacuum": "off",
            "maintenance_work_mem": "256MB", "shared_buffers": "256MB",
            "max_locks_per_transaction": String(max(1024, tables / 4)),
            "max_connections": String(jobs * 2 + 40), "max_prepared_transactions": "0", "log_min_messages": "fatal",
            "log_checkpoints": "off", "jit": "off",
        ]
    }
}
