import Foundation
import Logging
import PGKeep
import PGKeepModel
import Synchronization
import Testing

/// A clock that goes when it is told to.
private final class HandClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_769_479_200))

    var now: Date { time.withLock { $0 } }

    func pass(_ seconds: Double) { time.withLock { $0 += seconds } }
}

/// From a condition to a receiver, over failures, pauses and restarts.
@Suite("Delivering alerts")
struct AlertDeliveryTests {
    private let clock = HandClock()

    /// A keeper that has just started.
    private func keeper(
        _ sandbox: Sandbox, _ alerts: String, within limit: Duration = .seconds(120)
    ) throws -> AlertDelivery {
        var settings = Settings(databaseURL: nil, backupDirectory: sandbox.backups)
        settings.alerts = try AlertChannel.list(alerts)
        settings.alertTimeout = limit
        settings.timeZone = .gmt
        return AlertDelivery(
            settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { clock.now })
    }

    private var failed: Condition {
        Condition(
            .backupFailed, app: "shop", subject: "daily", message: "the daily backup failed: no server at db1:5432",
            hint: "pg_isready -h db1", since: clock.now)
    }

    private func events(_ receiver: Receiver, _ path: String) throws -> [String] {
        try receiver.requests(path).map { try $0.object["event"] as? String ?? "" }
    }

    @Test("From failure to all-clear: a restart neither repeats nor forgets, and the journal tells the whole story")
    func story() async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(in: sandbox) { receiver in
                let address = "\(receiver.address)/ok"
                #expect(try await keeper(sandbox, address).settle([failed]) == nil)
                clock.pass(3600)
                try await keeper(sandbox, address).settle([failed])
                #expect(try events(receiver, "/ok") == ["opened"])
                clock.pass(23 * 3600)
                try await keeper(sandbox, address).settle([failed])
                clock.pass(3600)
                try await keeper(sandbox, address).settle([])
                try await keeper(sandbox, address).settle([])
                #expect(try events(receiver, "/ok") == ["opened", "repeated", "closed"])
                let requests = try receiver.requests().map { try $0.object }
                #expect(Set(requests.map { $0["alert"] as? String }).count == 1)
                #expect(Set(requests.map { $0["id"] as? String }).count == 3)
                #expect(
                    requests[0]["app"] as? String == "shop" && requests[0]["hint"] as? String == "pg_isready -h db1")
                #expect(requests[2]["lastedSeconds"] as? Int == 25 * 3600)
                let audit = try await sandbox.pgkeep("audit")
                #expect(
                    audit.output == """
                        2026-01-27 02:00:00 [Alert] ❌ shop: the daily backup failed: no server at db1:5432
                        2026-01-28 02:00:00 [Alert] ❌ Still, after 24h 00m: shop: the daily backup failed: no server at db1:5432
                        2026-01-28 03:00:00 [Alert] ✅ Over after 25h 00m: shop: the daily backup failed: no server at db1:5432

                        """, "\(audit)")
                let verdict = try await sandbox.pgkeep("audit", "verify")
                #expect(verdict.status == 0, "\(verdict)")
            }
        }
    }

    @Test(
        "A receiver that is down gets everything in order once it is up, after growing pauses, also from a new keeper")
    func retried() async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(in: sandbox) { receiver in
                let address = "\(receiver.address)/flaky"
                let first = try #require(try await keeper(sandbox, address).settle([failed]))
                #expect(first == clock.now + 30)
                try await keeper(sandbox, address).settle([failed])
                #expect(try receiver.requests().count == 1)
                clock.pass(30)
                let second = try #require(try await keeper(sandbox, address).settle([]))
                #expect(second == clock.now + 60)
                #expect(try events(receiver, "/flaky") == ["opened", "opened"])
                try receiver.recover()
                clock.pass(59)
                try await keeper(sandbox, address).settle([])
                #expect(try receiver.requests().count == 2)
                clock.pass(1)
                #expect(try await keeper(sandbox, address).settle([]) == nil)
                #expect(try events(receiver, "/flaky") == ["opened", "opened", "opened", "closed"])
                #expect(Set(try receiver.requests().prefix(3).map(\.body)).count == 1)
                clock.pass(86_400)
                try await keeper(sandbox, address).settle([])
                #expect(try receiver.requests().count == 4)
            }
        }
    }

    @Test("A channel that hangs keeps none of the others waiting longer than its limit, and none from their notice")
    func hanging() async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(in: sandbox) { receiver in
                let start = ContinuousClock.now
                let channels = "\(receiver.address)/hang \(receiver.address)/ok"
                let next = try await keeper(sandbox, channels, within: .seconds(5)).settle([failed])
                #expect(next == clock.now + 30)
                #expect(ContinuousClock.now - start < .seconds(90))
                #expect(try events(receiver, "/ok") == ["opened"])
            }
        }
    }

    @Test("What nobody took for three days is dropped, and told in the journal")
    func tooOld() async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(in: sandbox) { receiver in
                let address = "\(receiver.address)/down/s3cret"
                try await keeper(sandbox, address).settle([failed])
                clock.pass(3 * 86_400 + 1)
                #expect(try await keeper(sandbox, address).settle([]) != nil)
                #expect(try events(receiver, "/down") == ["opened", "closed"])
                let audit = try await sandbox.pgkeep("audit")
                #expect(
                    audit.output.contains(
                        "[Alert] Warning: never delivered to \(receiver.address)/***: shop: the daily"))
                #expect(!audit.output.contains("s3cret"))
            }
        }
    }

    @Test("A state folder that can't be written neither stops an alert nor repeats it while the keeper runs")
    func fullDisk() async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(in: sandbox) { receiver in
                // A file where the folder should be.
                try await shell("mkdir \(sandbox.backups); echo > \(sandbox.backups)/.pgkeep")
                let keeper = try keeper(sandbox, "\(receiver.address)/ok")
                await keeper.settle([failed])
                await keeper.settle([failed])
                await keeper.settle([])
                #expect(try events(receiver, "/ok") == ["opened", "closed"])
                try await shell("rm \(sandbox.backups)/.pgkeep")
                await keeper.settle([failed])
                #expect(FileManager.default.fileExists(atPath: "\(sandbox.backups)/.pgkeep/alerts.json"))
                #expect(try events(receiver, "/ok") == ["opened", "closed", "opened"])
            }
        }
    }

    @Test("A service that waits for pings hears of the start, the success, and the failure with the log's end")
    func pings() async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(in: sandbox) { receiver in
                let address = receiver.address
                let keeper = try keeper(sandbox, "healthchecks+\(address)/ping/{app}-{tier} \(address)/ok")
                let app = try AppName("shop")
                await keeper.runStarted(app: app, tier: .daily)
                await keeper.runEnded(app: app, tier: .daily, succeeded: true, logTail: "[Backup] Size: 45.2 MB")
                await keeper.runEnded(app: app, tier: .weekly, succeeded: false, logTail: "no server")
                await keeper.settle([failed])
                let pings = try receiver.requests("/ping")
                #expect(pings.map(\.path) == ["/ping/shop-daily/start", "/ping/shop-daily", "/ping/shop-weekly/fail"])
                #expect(pings.map(\.body) == ["", "[Backup] Size: 45.2 MB", "no server"])
                #expect(try events(receiver, "/ok") == ["opened"])
            }
        }
    }

    @Test("Of pings that were not taken only the newest of a tier is sent, since it is what holds")
    func newestPing() async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(in: sandbox) { receiver in
                let address = "healthchecks+\(receiver.address)/flaky"
                let app = try AppName("shop")
                for (succeeded, words) in [(false, "first"), (true, "second")] {
                    try await keeper(sandbox, address).runEnded(
                        app: app, tier: .daily, succeeded: succeeded, logTail: words)
                    clock.pass(1)
                }
                try receiver.recover()
                clock.pass(60)
                #expect(try await keeper(sandbox, address).settle([]) == nil)
                #expect(try receiver.requests().map(\.body) == ["first", "second"])
            }
        }
    }

    @Test("A failure and its all-clear arrive by mail", .apprise)
    func mail() async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.mail(user: "bob", password: "p@ss", in: sandbox) { receiver in
                let folder = try #require(Receiver.apprise)
                var settings = Settings(databaseURL: nil, backupDirectory: sandbox.backups)
                settings.alerts = try AlertChannel.list(
                    "mailto://bob:p%40ss@127.0.0.1:\(receiver.port)/?from=pgkeep@example.org&to=ops@example.org&mode=insecure"
                )
                settings.timeZone = .gmt
                settings.alertTimeout = .seconds(300)
                let keeper = AlertDelivery(
                    settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                    toolFolders: [folder], now: { clock.now })
                #expect(await keeper.settle([failed]) == nil)
                clock.pass(3720)
                #expect(await keeper.settle([]) == nil)
                let mails = try receiver.mails()
                #expect(mails.count == 2)
                #expect(mails[0].contains("shop: the daily backup failed: no server at db1:5432"), "\(mails[0])")
                #expect(mails[0].contains("Since: 2026-01-27 02:00:00") && mails[0].contains("Hint: pg_isready -h db1"))
                #expect(mails[1].contains("Over after 1h 02m, since 2026-01-27 02:00:00"), "\(mails[1])")
            }
        }
    }
}
