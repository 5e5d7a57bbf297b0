package import Foundation

/// One of the versions that a bucket keeps of a file: an overwritten or deleted file has older ones.
package struct VaultVersion: Sendable, Hashable {
    package var name: String
    /// What the vault opens or removes it by.
    package var id: String
    package var bytes: Int64
    package var modifiedAt: Date
    /// Whether it is what its name gives now; an older one, or one of a deleted name, is not.
    package var isCurrent: Bool

    package init(name: String, id: String, bytes: Int64, modifiedAt: Date, isCurrent: Bool) {
        self.name = name
        self.id = id
        self.bytes = bytes
        self.modifiedAt = modifiedAt
        self.isCurrent = isCurrent
    }
}
