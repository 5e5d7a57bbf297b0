/// Where a keeper answers HTTP: a host and a port, as in `127.0.0.1:8017`, `[::1]:8017` or `:8017`.
public struct ListenAddress: Sendable, Hashable {
    /// A name or an address; `0.0.0.0` is every address of the machine.
    public var host: String
    /// 1 to 65535.
    public var port: Int

    /// An address made of its parts.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT`; a missing host is every address. Nil if it is none.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { return nil }
        self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
    }

    /// Where a keeper answers unless it is told otherwise: on this machine only.
    public static let standard = ListenAddress(host: "127.0.0.1", port: 8017)
}

extension ListenAddress: CustomStringConvertible {
    /// As it is written in settings.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
