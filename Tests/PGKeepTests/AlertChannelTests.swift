import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

@Suite struct AlertChannelTests {
    @Test(
        "An address tells its way, and shows no more than its host or its scheme",
        arguments: [
            ("https://u:pw@Hooks.Example.com:8443/T0K3N?k=s", .webhook, "https://hooks.example.com:8443/***"),
            ("http://127.0.0.1:9/x", .webhook, "http://127.0.0.1:9/***"),
            ("http://[::1]:9/x", .webhook, "http://[::1]:9/***"),
            ("insecure+http://ntfy/x", .webhook, "insecure+http://ntfy/***"),
            ("healthchecks+https://hc-ping.com/s3cr3t", .ping, "healthchecks+https://hc-ping.com/***"),
            ("healthchecks+https://hc-ping.com/k/{app}-{tier}", .ping, "healthchecks+https://hc-ping.com/***"),
            ("insecure+healthchecks+http://hc/s", .ping, "insecure+healthchecks+http://hc/***"),
            ("mailto://user:pw@example.com", .apprise, "mailto://***"),
            ("tgram://123456789:T0K3N/12315544/", .apprise, "tgram://***"),
            ("slack://T/A/B", .apprise, "slack://***"),
        ] as [(String, AlertChannel.Way, String)])
    func named(text: String, way: AlertChannel.Way, name: String) throws {
        let channel = try AlertChannel(text)
        #expect(channel.way == way)
        #expect(channel.name == name)
        var dumped = ""
        dump(channel, to: &dumped)
        for secret in ["T0K3N", "s3cr3t", "pw", "12315544"] { #expect(!"\(channel) \(dumped)".contains(secret)) }
    }

    @Test(
        "What is no address, or would send in the clear, is refused without being repeated",
        arguments: [
            "S3cret", "https://", "https:///S3cret", "://S3cret", "1x://S3cret", "http://example.com/S3cret",
            "http://127.0.0.1.example.com/S3cret", "http://localhost.example.com/S3cret",
            "healthchecks+http://example.com/S3cret", "insecure+https://example.com/S3cret",
            "healthchecks+mailto://S3cret", "insecure+mailto://S3cret",
        ])
    func refused(text: String) throws {
        let error = try #require(throws: PGKeepError.self) { try AlertChannel(text) }
        #expect(error.code == .settings)
        #expect(!"\(error) \(error.hint ?? "")".contains("S3cret"))
    }

    @Test("Addresses are parted by spaces or commas, and commas within a mail address stay")
    func list() throws {
        let text = """
            https://a.example/x,https://b.example/y  mailto://u:p@h?to=a@x.org,b@x.org
            slack://t https://a.example/x
            """
        let channels = try AlertChannel.list(text)
        #expect(
            channels.map(\.name) == ["https://a.example/***", "https://b.example/***", "mailto://***", "slack://***"])
        #expect(channels[2].address.reveal() == "mailto://u:p@h?to=a@x.org,b@x.org")
        #expect(try AlertChannel.list(" ").isEmpty)
        let error = try #require(throws: PGKeepError.self) { try AlertChannel.list("https://a.example/x nonsense") }
        #expect("\(error)".hasPrefix("address 2: it is not a URL"))
    }

    @Test("A setting with a secret that can't be read is a problem that doesn't tell the secret")
    func settings() async throws {
        let environment = [
            "BACKUP_ALERTS": "https://a.example/S3cret,mailto://S3cret@x", "BACKUP_ALERT_SECRET": "S3cret",
            "BACKUP_ALERT_REPEAT": "90m", "BACKUP_ALERT_TIMEOUT": "5",
        ]
        let folder = FileManager.default.temporaryDirectory.path
        let settings = try await Settings.load(environment: environment, directory: folder)
        #expect(settings.alerts.count == 2 && settings.alertSecret?.reveal() == "S3cret")
        #expect(settings.alertRepeat == .seconds(5400) && settings.alertTimeout == .seconds(5))
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!"\(settings) \(settings.resolved) \(dumped)".contains("S3cret"))
        let shown = settings.resolved.first { $0.definition.environmentName == "BACKUP_ALERTS" }
        #expect(shown?.value == "https://a.example/*** mailto://***")
        let wrong = [
            "BACKUP_ALERTS": "https://a.example/S3cret S3cret", "BACKUP_ALERT_REPEAT": "5s",
            "BACKUP_ALERT_TIMEOUT": "1d",
        ]
        let error = try await #require(throws: PGKeepError.self) {
            try await Settings.load(environment: wrong, directory: folder)
        }
        #expect(error.message.split(separator: "\n").count == 3 && !"\(error)".contains("S3cret"))
        #expect(error.message.contains("BACKUP_ALERTS (environment): address 2: it is not a URL"))
    }

    @Test(
        "A request may move within its host, and to a safer scheme, and nowhere else",
        arguments: [
            ("https://a.example/x", "/y", true), ("https://a.example/x", "https://a.example:443/y", true),
            ("http://127.0.0.1/x", "https://127.0.0.1/x", true), ("https://a.example/x", "http://a.example/x", false),
            ("https://a.example/x", "https://b.example/x", false), ("https://a.example/x", "//b.example/x", false),
            ("https://a.example/x", "https://a.example:8443/x", false),
        ])
    func redirects(from: String, location: String, isFollowed: Bool) throws {
        let address = try #require(AlertAddress(from))
        let next = try #require(address.redirected(to: location))
        #expect(address.mayBecome(next) == isFollowed)
    }

    @Test("A ping's signal goes to the end of the path, whatever stands around it")
    func pingPath() throws {
        let address = try #require(AlertAddress("https://u:p@hc.example/a%2Fb/?create=1#x"))
        let start = try #require(address.appending(path: "/start"))
        #expect(start.url == "https://hc.example/a%2Fb/start?create=1")
        #expect(start.user == "u" && start.password == "p")
        let filled = AlertChannel.filled("https://hc.example/{app}-{tier}", app: "my%20shop", tier: "daily")
        #expect(AlertAddress(filled)?.url == "https://hc.example/my%2520shop-daily")
    }

    @Test("Of what apprise says no part of the address is kept")
    func appriseWords() {
        let words = "first\nERROR - can't read mailto://bob:p%40ss@mail.example.com/?to=eve (p@ss)"
        let told = Apprise.redacted(words, "mailto://bob:p%40ss@mail.example.com/?to=eve")
        for secret in ["bob", "p%40ss", "p@ss", "eve"] { #expect(!told.contains(secret), "\(told)") }
        #expect(told.hasPrefix("can't read mailto://***"))
        #expect(Apprise.redacted("Usage: apprise\nTry 'apprise --help'", "mailto://bob@h") == "Try 'apprise --help'")
    }

    @Test("Without apprise the error names it, and how to install it")
    func noApprise() throws {
        let error = try #require(throws: PGKeepError.self) { try Apprise.find(in: ["/nonexistent"]) }
        #expect(error.code == .toolMissing && error.message.contains("apprise"))
        #expect(error.hint?.contains("apt-get install apprise") == true)
    }
}

@Suite struct AlertFormTests {
    @Test("A webhook's signature is HMAC-SHA256 of time, dot and body, as Python's hmac computes it")
    func signature() {
        let value = WebhookSignature.value(
            body: #"{"event":"test","version":1}"#, secret: Secret("It is no secret"),
            at: Date(timeIntervalSince1970: 1_769_479_200.9))
        #expect(value == "t=1769479200,v1=bbca22a9e6d163fa1e9ef54f357418849d89730d600094a037a44271676229d5")
    }

    private let notice = AlertNotice(
        .closed, alert: "00ff", kind: "backupFailed", app: "shop", subject: "daily", message: "no server \"db1\"",
        since: Date(timeIntervalSince1970: 1_769_479_200), at: Date(timeIntervalSince1970: 1_769_483_000),
        endedAt: Date(timeIntervalSince1970: 1_769_482_860))

    @Test("A webhook's body is what the documents say, to the letter")
    func body() throws {
        let text = try WebhookBody(notice, host: "db1").text()
        #expect(
            text
                == #"{"alert":"00ff","app":"shop","at":"2026-01-27T03:03:20Z","endedAt":"2026-01-27T03:01:00Z","#
                + #""event":"closed","host":"db1","id":"\#(notice.id)","kind":"backupFailed","lastedSeconds":3660,"#
                + #""message":"no server \"db1\"","pgkeep":"\#(BackupSystem.version)","since":"2026-01-27T02:00:00Z","#
                + #""subject":"daily","version":1}"#)
    }

    @Test("For people a notice is a title and some lines, in their time zone")
    func words() throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let text = AlertText(notice, host: "db1", in: zone)
        #expect(text.title == "✅ over: shop: backup failed (db1)")
        #expect(text.body == "shop: no server \"db1\"\nOver after 1h 01m, since 2026-01-27 03:00:00")
        #expect(HouseLine.alert(notice).text == "✅ Over after 1h 01m: shop: no server \"db1\"")
        #expect(Set(Condition.Kind.allCases.map(\.words)).count == Condition.Kind.allCases.count)
    }

    @Test("Of a long log a ping brings the end, in whole lines")
    func logTail() throws {
        let log = (1...5000).map { "line \($0) ä" }.joined(separator: "\n")
        let ping = RunPing(.failed, app: nil, tier: nil, text: log, at: Date())
        #expect(ping.text.utf8.count <= RunPing.textLimit && ping.text.hasPrefix("line "))
        #expect(ping.text.hasSuffix("\nline 5000 ä"))
        #expect(RunPing(.failed, app: nil, tier: nil, text: "short", at: Date()).text == "short")
    }

    @Test("Every kind of condition, every field and every event is in the documents")
    func documented() throws {
        let page = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/63-alerts.md"),
            encoding: .utf8)
        for kind in Condition.Kind.allCases { #expect(page.contains("| `\(kind.rawValue)` |"), "\(kind)") }
        for event in AlertNotice.Event.allCases { #expect(page.contains("`\(event.rawValue)`"), "\(event)") }
        for field in Mirror(reflecting: WebhookBody(notice, host: "db1")).children.compactMap(\.label) {
            #expect(page.contains("| `\(field)` |"), "\(field)")
        }
    }
}
