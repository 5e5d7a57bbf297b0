/// How often a backup is taken, and so how long it is kept.
public enum Tier: String, Sendable, Hashable, Codable, CaseIterable {
    case daily, weekly, monthly
    /// Taken by hand, and kept until removed by hand.
    case manual
}
