import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import PGKeepModel

/// One request of HTTP that hands something over; anything but an answer of 2xx is a failure.
struct AlertPost: Sendable {
    var headers: [String: String]
    var body: String

    /// A service that moved within its host is followed this often.
    static let redirects = 3

    /// Runs `body` with a client that is shut down afterwards.
    static func withClient<Result>(
        _ limits: AlertLimits, _ body: (HTTPClient) async -> Result, unclean: (any Error) -> Void
    ) async -> Result {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = TimeAmount(limits.connect)
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        // The queue has pauses of its own.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let path = ProcessInfo.processInfo.environment["SSL_CERT_FILE"], !path.isEmpty {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(path)
            configuration.tlsConfiguration = tls
        }
        let client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        let result = await body(client)
        do { try await client.shutdown() } catch { unclean(error) }
        return result
    }

    /// Sends it. The body, its signature and the user's password never go to another host than the one that was set.
    func send(to address: AlertAddress, _ client: HTTPClient, _ limits: AlertLimits) async throws {
        let deadline = NIODeadline.now() + TimeAmount(limits.whole)
        var address = address
        for _ in 0...AlertPost.redirects {
            let (status, location) = try await attempt(address, client, deadline, limits)
            switch status {
            case 200..<300: return
            case 301, 302, 307, 308: address = try follow(location, from: address)
            default: throw refusal(status, address)
            }
        }
        throw PGKeepError(
            .failed, "\(address.place) redirects without end", cause: "more than \(AlertPost.redirects) times",
            hint: "put the address that it should be into BACKUP_ALERTS")
    }

    private func attempt(
        _ address: AlertAddress, _ client: HTTPClient, _ deadline: NIODeadline, _ limits: AlertLimits
    ) async throws -> (status: UInt, location: String?) {
        var request = HTTPClientRequest(url: address.url)
        request.method = .POST
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.headers.replaceOrAdd(name: "User-Agent", value: "pgkeep/\(BackupSystem.version)")
        if let user = address.user { request.setBasicAuth(username: user, password: address.password ?? "") }
        request.body = .bytes(Array(body.utf8))
        do {
            let response = try await client.execute(request, deadline: deadline)
            return (response.status.code, response.headers.first(name: "Location"))
        } catch {
            throw AlertPostFailure.error(error, address: address, limits: limits)
        }
    }

    /// The same request goes there again: turning it into a GET, as browsers do, would lose what it says.
    private func follow(_ location: String?, from address: AlertAddress) throws -> AlertAddress {
        guard let location, let next = address.redirected(to: location) else {
            throw PGKeepError(.failed, "\(address.place) redirects to nowhere")
        }
        guard address.mayBecome(next) else {
            throw PGKeepError(
                .failed, "\(address.place) redirects to \(next.scheme)://\(next.place)",
                cause: "alerts go to no other place than the one that was set",
                hint: "put the address that it moved to into BACKUP_ALERTS, if that is where alerts should go")
        }
        return next.with(user: address.user, password: address.password)
    }

    private func refusal(_ status: UInt, _ address: AlertAddress) -> PGKeepError {
        let reason = HTTPResponseStatus(statusCode: Int(status)).reasonPhrase
        let hint =
            switch status {
            case 401, 403: "its credentials are wrong or gone: look at the address in BACKUP_ALERTS"
            case 404, 410: "nothing is there: look at the path of the address in BACKUP_ALERTS"
            case 429: "it gets too many requests; alerts are sent again later"
            case 500...: "look at that service's own log, then: pgkeep alert test"
            default: "does it take POST with a body? pgkeep alert test"
            }
        return PGKeepError(.failed, "\(address.place) answered \(status) \(reason)", hint: hint)
    }
}
