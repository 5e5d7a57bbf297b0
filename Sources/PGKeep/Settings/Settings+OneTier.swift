package import PGKeepModel

extension Settings {
    /// The same with every other tier switched off, for each of the databases.
    package func scheduling(only tier: Tier) -> Settings {
        var settings = self
        settings.schedules = schedules.only(tier)
        if case .listed(let entries) = databases {
            settings.databases = .listed(entries.map { $0.scheduling(only: tier) })
        }
        return settings
    }
}

extension Schedules {
    /// The expression of one tier alone.
    func only(_ tier: Tier) -> Schedules {
        Schedules(
            daily: tier == .daily ? daily : nil, weekly: tier == .weekly ? weekly : nil,
            monthly: tier == .monthly ? monthly : nil)
    }
}
