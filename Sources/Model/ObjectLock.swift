public import Foundation

/// How firmly a store holds an object: both refuse to delete it before its time.
public enum LockMode: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nobody can lift it, the account's owner neither.
    case compliance
    /// Who has the special permission can lift it.
    case governance
}

/// Until when a store refuses to delete or to overwrite an object.
public struct ObjectLock: Sendable, Hashable {
    /// How firmly it is held.
    public var mode: LockMode
    /// When it can be deleted again.
    public var until: Date

    /// A lock that holds until a time.
    public init(mode: LockMode, until: Date) {
        self.mode = mode
        self.until = until
    }
}
