import Foundation

/// An address of HTTP, taken apart.
struct AlertAddress: Sendable, Equatable {
    let scheme: String
    let host: String
    let port: Int?
    /// Without the user.
    let url: String
    let user: String?
    let password: String?

    /// Nil if it is none of HTTP that names a host.
    init?(_ text: String) {
        guard let components = URLComponents(string: text), let parts = AlertAddress(components) else { return nil }
        self = parts
    }

    private init?(_ components: URLComponents) {
        var components = components
        guard let scheme = components.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = components.host?.lowercased(), !host.isEmpty
        else { return nil }
        self.scheme = scheme
        self.host = host
        port = components.port
        user = components.user
        password = components.password
        components.user = nil
        components.password = nil
        components.fragment = nil
        guard let url = components.string else { return nil }
        self.url = url
    }

    /// What may be told of it: the host, and the port where one is given.
    var place: String { port.map { "\(host):\($0)" } ?? host }

    var isLoopback: Bool {
        if ["localhost", "[::1]", "::1"].contains(host) { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }

    /// The address with something added to its path.
    func appending(path: String) -> AlertAddress? {
        guard var components = URLComponents(string: url) else { return nil }
        while components.percentEncodedPath.hasSuffix("/") { components.percentEncodedPath.removeLast() }
        components.percentEncodedPath += path
        components.percentEncodedUser = nil
        return AlertAddress(components)?.with(user: user, password: password)
    }

    /// Where an answer's `Location` leads.
    func redirected(to location: String) -> AlertAddress? {
        guard let base = URL(string: url), let target = URL(string: location, relativeTo: base) else { return nil }
        return AlertAddress(target.absoluteString)
    }

    /// Whether what was meant for this address may be sent to another one: on the same host only, and never less safely.
    func mayBecome(_ other: AlertAddress) -> Bool {
        guard other.host == host else { return false }
        if other.scheme == scheme { return (other.port ?? other.standardPort) == (port ?? standardPort) }
        return scheme == "http" && other.scheme == "https"
    }

    func with(user: String?, password: String?) -> AlertAddress {
        AlertAddress(scheme: scheme, host: host, port: port, url: url, user: user, password: password)
    }

    private init(scheme: String, host: String, port: Int?, url: String, user: String?, password: String?) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.url = url
        self.user = user
        self.password = password
    }

    private var standardPort: Int { scheme == "https" ? 443 : 80 }
}
