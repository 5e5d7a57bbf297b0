import Foundation
import Testing

/// `pgkeep alert test` with receivers of all sorts.
@Suite("Testing alerts")
struct AlertCommandTests {
    @Test("A webhook gets signed JSON, which the code of the documents verifies, and nothing but itself")
    func signed() async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(in: sandbox) { receiver in
                let environment = [
                    "BACKUP_ALERTS": "\(receiver.address)/ok/s3cret", "BACKUP_ALERT_SECRET": "k3y",
                ]
                let run = try await sandbox.pgkeep("alert", "test", environment: environment)
                #expect(run.status == 0 && run.output == "\(receiver.address)/***: ok\n", "\(run)")
                let request = try #require(try receiver.requests().first)
                #expect(request.path == "/ok/s3cret")
                #expect(request.headers["content-type"] == "application/json")
                let object = try request.object
                #expect(object["version"] as? Int == 1 && object["event"] as? String == "test")
                #expect(object["kind"] as? String == "test" && object["host"] as? String != nil)
                let header = try #require(request.headers["pgkeep-signature"])
                #expect(try await verdict("k3y", header, request.body) == "True")
                #expect(try await verdict("other", header, request.body) == "False")
                #expect(try await verdict("k3y", header, request.body + " ") == "False")
                let time = try #require(header.firstMatch(of: /t=(\d+)/)?.1)
                let old = header.replacing("t=\(time)", with: "t=\((Int(time) ?? 0) - 600)")
                #expect(try await verdict("k3y", old, request.body) == "False")
            }
        }
    }

    /// What the documents' `verified(secret, header, body)` says.
    private func verdict(_ secret: String, _ header: String, _ body: String) async throws -> String {
        let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/63-alerts.md")
        let page = try String(contentsOf: docs, encoding: .utf8)
        let code = try #require(page.components(separatedBy: "```python\n").last?.components(separatedBy: "```").first)
        let call = "import sys\nprint(verified(sys.argv[1].encode(), sys.argv[2], sys.argv[3].encode()))\n"
        let outcome = try await Shell.start("python3", ["-c", code + call, secret, header, body])
        try #require(outcome.succeeded, "\(outcome)")
        return outcome.output.trimmingCharacters(in: .newlines)
    }

    @Test(
        "A receiver that fails ends with 1, a line that names the host, a hint, and no secret",
        arguments: [
            ("down", "answered 500", "pgkeep alert test"), ("gone", "answered 404", "BACKUP_ALERTS"),
            ("hang", "did not answer within 3s", "BACKUP_ALERT_TIMEOUT"),
            ("loop", "redirects without end", "BACKUP_ALERTS"),
            ("away", "redirects to http://localhost:", "BACKUP_ALERTS"), ("drop", "closed the connection", "http"),
        ])
    func failing(way: String, words: String, hint: String) async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(in: sandbox) { receiver in
                let environment = [
                    "BACKUP_ALERTS": "http://bob:s3cret@127.0.0.1:\(receiver.port)/\(way)/s3cret?s3cret",
                    "BACKUP_ALERT_SECRET": "s3cret", "BACKUP_ALERT_TIMEOUT": way == "hang" ? "3s" : "2m",
                ]
                let run = try await sandbox.pgkeep("alert", "test", environment: environment)
                #expect(run.status == 1, "\(run)")
                #expect(
                    run.output.hasPrefix("\(receiver.address)/***: failed: 127.0.0.1:\(receiver.port) \(words)"),
                    "\(run)")
                #expect(run.output.contains("; hint: ") && run.output.contains(hint), "\(run)")
                #expect(run.output.split(separator: "\n").count == 1)
                #expect(!run.description.contains("s3cret"), "\(run)")
                let requests = try receiver.requests()
                #expect(requests.count == (way == "loop" ? 4 : 1))
                #expect(requests.allSatisfy { $0.path.hasPrefix("/\(way)/") })
                #expect(requests.first?.headers["authorization"] == "Basic Ym9iOnMzY3JldA==")
            }
        }
    }

    @Test("A redirect within the host is followed, with the same body and signature")
    func moved() async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(in: sandbox) { receiver in
                let environment = ["BACKUP_ALERTS": "\(receiver.address)/moved", "BACKUP_ALERT_SECRET": "k3y"]
                let run = try await sandbox.pgkeep("alert", "test", environment: environment)
                #expect(run.status == 0, "\(run)")
                let requests = try receiver.requests()
                #expect(requests.map(\.path) == ["/moved", "/ok"])
                #expect(Set(requests.map(\.body)).count == 1)
                #expect(Set(requests.map { $0.headers["pgkeep-signature"] }).count == 1)
            }
        }
    }

    @Test("A certificate that nobody vouches for is refused, and taken once SSL_CERT_FILE vouches for it")
    func selfSigned() async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(isSelfSigned: true, in: sandbox) { receiver in
                var environment = ["BACKUP_ALERTS": "https://localhost:\(receiver.port)/ok/s3cret"]
                let refused = try await sandbox.pgkeep("alert", "test", environment: environment)
                #expect(refused.status == 1, "\(refused)")
                #expect(refused.output.contains("no trusted connection to localhost:\(receiver.port)"), "\(refused)")
                #expect(refused.output.contains("certificate is not trusted"), "\(refused)")
                #expect(refused.output.contains("SSL_CERT_FILE") && !refused.description.contains("s3cret"))
                #expect(try receiver.requests().isEmpty)
                environment["SSL_CERT_FILE"] = "\(sandbox.folder)/certificate.pem"
                let taken = try await sandbox.pgkeep("alert", "test", environment: environment)
                #expect(taken.status == 0, "\(taken)")
                environment["BACKUP_ALERTS"] = "https://127.0.0.1:\(receiver.port)/ok"
                let otherName = try await sandbox.pgkeep("alert", "test", environment: environment)
                #expect(otherName.status == 1 && otherName.output.contains("no trusted connection"), "\(otherName)")
            }
        }
    }

    @Test("Nobody who listens, and a file of authorities that isn't there, are told as what they are")
    func nobody() async throws {
        try await Sandbox.with { sandbox in
            let port = try FaultServer.freePort()
            var environment = ["BACKUP_ALERTS": "http://127.0.0.1:\(port)/s3cret"]
            let run = try await sandbox.pgkeep("alert", "test", environment: environment)
            #expect(run.status == 1, "\(run)")
            #expect(run.output.contains("could not connect to 127.0.0.1:\(port): connection refused; hint: "), "\(run)")
            environment = ["BACKUP_ALERTS": "https://127.0.0.1:\(port)/s3cret", "SSL_CERT_FILE": "/nonexistent.pem"]
            let blind = try await sandbox.pgkeep("alert", "test", environment: environment)
            #expect(blind.status == 1 && blind.output.contains("SSL_CERT_FILE"), "\(blind)")
        }
    }

    @Test("One channel that fails keeps none of the others from its test, and --json tells each")
    func several() async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(in: sandbox) { receiver in
                let address = receiver.address
                let environment = [
                    "BACKUP_ALERTS":
                        "\(address)/down,\(address)/ok healthchecks+\(address)/ping/{app}-{tier}",
                    "BACKUP_ALERT_TIMEOUT": "2m",
                ]
                let run = try await sandbox.pgkeep("alert", "test", "--json", environment: environment)
                #expect(run.status == 1, "\(run)")
                let reports = try #require(
                    JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
                #expect(reports.map { $0["ok"] as? Bool } == [false, true, true])
                #expect((reports[0]["error"] as? String)?.contains("answered 500") == true)
                #expect(reports[0]["hint"] is String)
                #expect(reports.map { $0["channel"] as? String }.last == "healthchecks+\(address)/***")
                #expect(try receiver.requests("/ping").map(\.path) == ["/ping/test-test/log"])
            }
        }
    }

    @Test("Without a channel it ends with 78, and so does an address that is none, without repeating it")
    func none() async throws {
        try await Sandbox.with { sandbox in
            try await sandbox.refuses(
                78, "BACKUP_ALERTS is not set", hint: "BACKUP_ALERTS=", arguments: ["alert", "test"])
            let run = try await sandbox.refuses(
                78, "address 2", "in the clear",
                environment: ["BACKUP_ALERTS": "https://a/x http://example.com/s3cret"],
                arguments: ["alert", "test"])
            #expect(!run.description.contains("s3cret"))
            let shown = try await sandbox.pgkeep(
                "settings",
                environment: ["BACKUP_ALERTS": "https://a/s3cret mailto://s3cret@b", "BACKUP_ALERT_SECRET": "s3cret"])
            #expect(shown.output.contains("https://a/*** mailto://***") && !shown.description.contains("s3cret"))
        }
    }

    @Test(
        "apprise brings a mail to a server that wants a password, which stands in no argument and no variable", .apprise
    )
    func mail() async throws {
        try await Sandbox.with { sandbox in
            let real = try #require(Receiver.apprise)
            // What apprise is given, and then apprise itself.
            let folder = "\(sandbox.folder)/bin"
            try await shell(
                """
                mkdir \(folder); cat > \(folder)/apprise <<'END'
                #!/bin/bash
                { printf '%s\\n' "$@"; env; } > \(sandbox.folder)/given
                exec \(real)/apprise "$@"
                END
                chmod +x \(folder)/apprise
                """)
            try await Receiver.mail(user: "bob", password: "s3cret", in: sandbox) { receiver in
                func test(_ password: String) async throws -> PGKeepRun {
                    let address = "mailto://bob:\(password)@127.0.0.1:\(receiver.port)/?from=pgkeep@example.org"
                    return try await sandbox.pgkeep(
                        "alert", "test",
                        environment: [
                            "BACKUP_ALERTS": "\(address)&to=ops@example.org&mode=insecure",
                            "PATH": "\(folder):/usr/bin:/bin", "BACKUP_ALERT_TIMEOUT": "5m",
                        ])
                }
                let run = try await test("s3cret")
                #expect(run.status == 0 && run.output == "mailto://***: ok\n", "\(run)")
                let mails = try receiver.mails()
                #expect(mails.count == 1 && mails.first?.hasPrefix("To ops@example.org") == true, "\(mails)")
                #expect(mails.first?.contains("this is a test: alerts of pgkeep arrive here") == true, "\(mails)")
                let given = try String(contentsOfFile: "\(sandbox.folder)/given", encoding: .utf8)
                #expect(given.contains("--config=/dev/stdin") && !given.contains("s3cret"), "\(given)")
                let refused = try await test("wr0ng")
                #expect(refused.status == 1, "\(refused)")
                #expect(
                    refused.output.hasPrefix("mailto://***: failed: apprise could not deliver to mailto://***: "),
                    "\(refused)")
                #expect(!refused.description.contains("wr0ng"))
                #expect(try receiver.mails().count == 1)
            }
        }
    }

    @Test("An apprise that hangs is ended after its time, and one that is no program is told")
    func hangingApprise() async throws {
        try await Sandbox.with { sandbox in
            let folder = "\(sandbox.folder)/bin"
            try await shell(
                """
                mkdir \(folder); cat > \(folder)/apprise <<'END'
                #!/bin/bash
                echo $$ > \(sandbox.folder)/pid
                exec sleep 600
                END
                chmod +x \(folder)/apprise
                """)
            var environment = [
                "BACKUP_ALERTS": "mailto://bob:s3cret@localhost", "BACKUP_ALERT_TIMEOUT": "1s",
                "PATH": "\(folder):/usr/bin:/bin",
            ]
            let run = try await sandbox.pgkeep("alert", "test", environment: environment)
            #expect(run.status == 1, "\(run)")
            #expect(run.output.contains("apprise did not deliver to mailto://*** within 1s; hint: "), "\(run)")
            #expect(!run.description.contains("s3cret"))
            let pid = try String(contentsOfFile: "\(sandbox.folder)/pid", encoding: .utf8)
            #expect(kill(try #require(Int32(pid.trimmingCharacters(in: .newlines))), 0) != 0)
            try await shell("echo nonsense > \(folder)/apprise")
            environment["PATH"] = folder
            let broken = try await sandbox.pgkeep("alert", "test", environment: environment)
            #expect(broken.status == 1 && broken.output.contains("apprise"), "\(broken)")
        }
    }
}
