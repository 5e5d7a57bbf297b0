/// For how many days the backups of each tier are kept; manual ones have no limit.
public struct RetentionPolicy: Sendable, Hashable, Codable {
    /// Days for those of each day.
    public var daily: Int
    /// Days for those of each week.
    public var weekly: Int
    /// Days for those of each month.
    public var monthly: Int

    /// Makes a policy from three numbers of days.
    public init(daily: Int = 30, weekly: Int = 84, monthly: Int = 365) {
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
    }

    /// 30, 84 and 365 days.
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
