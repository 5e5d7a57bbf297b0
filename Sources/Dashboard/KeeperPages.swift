import HTTPTypes
import Hummingbird
import NIOCore
import PGKeep

/// What a keeper tells over HTTP, each asked for anew.
package struct KeeperPages: Sendable {
    /// Why protection has lapsed, one sentence each; none if every database is protected.
    let lapses: @Sendable () async throws -> [String]
    /// The facts in Prometheus' text format.
    let metrics: @Sendable () async throws -> String

    package init(
        lapses: @escaping @Sendable () async throws -> [String], metrics: @escaping @Sendable () async throws -> String
    ) {
        self.lapses = lapses
        self.metrics = metrics
    }

    /// `/livez` answers as long as the process does; `/healthz` only while every database has a fresh good backup.
    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/livez") { _, _ in KeeperPages.text("alive\n") }
        router.get("/healthz") { _, _ in
            let reasons: [String]
            do {
                reasons = try await lapses()
            } catch {
                reasons = ["the backups can't be looked at: \(error)"]
            }
            guard !reasons.isEmpty else { return KeeperPages.text("protected\n") }
            return KeeperPages.text(reasons.map { "\($0)\n" }.joined(), status: .serviceUnavailable)
        }
        router.get("/metrics") { _, _ in
            let text: String
            do {
                text = try await metrics()
            } catch {
                text = ProtectionFacts.metricsWithoutALook
            }
            return KeeperPages.text(text, type: "text/plain; version=0.0.4; charset=utf-8")
        }
        return router
    }

    private static func text(
        _ text: String, type: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
