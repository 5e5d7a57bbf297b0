package import PGKeepArchive

/// Where to learn of sealed archives what only their contents would tell: this machine's journal, and its keys.
package struct SealKnowledge: Sendable {
    /// By the archives' names; read when the first sealed archive is met.
    package var records: @Sendable () throws -> [String: SealedRecord]
    /// Those that are set and can be read.
    package var keys: @Sendable () -> [PrivateKey]

    package init(
        records: @escaping @Sendable () throws -> [String: SealedRecord], keys: @escaping @Sendable () -> [PrivateKey]
    ) {
        self.records = records
        self.keys = keys
    }

    /// Nothing but what the file itself shows.
    package static let none = SealKnowledge(records: { [:] }, keys: { [] })
}
