/// For how many days the backups of each tier are kept; manual ones have no limit.
public struct RetentionPolicy: Sendable, Hashable, Codable {
    public var daily: Int
    public var weekly: Int
    public var monthly: Int

    public init(daily: Int = 30, weekly: Int = 84, monthly: Int = 365) {
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
    }

    public static let standard = RetentionPolicy()

    /// The limit of a tier; nil if its backups are kept until removed by hand.
    public func days(for tier: Tier) -> Int? {
        switch tier {
        case .daily: daily
        case .weekly: weekly
        case .monthly: monthly
        case .manual: nil
        }
    }
}
