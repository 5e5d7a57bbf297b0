import Foundation
import PGKeepModel

/// A run of a keeper that failed.
struct RunFailure: Sendable, Hashable {
    var app: AppName
    var tier: Tier
    var startedAt: Date
    var at: Date
    var reason: String
}
