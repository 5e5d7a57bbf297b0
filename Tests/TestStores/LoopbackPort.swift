import Foundation

/// Ports of this machine.
package enum LoopbackPort {
    /// One that nobody listens on, nor on the one 10,000 above, which SeaweedFS takes too.
    package static func free() throws -> Int {
        for _ in 0..<1_000 {
            let port = Int.random(in: 20_000..<32_000)
            if canListen(port), canListen(port + 10_000) { return port }
        }
        throw StoreFailure("no port is free")
    }

    package static func isOpen(_ port: Int) -> Bool {
        guard let socket = connected(to: port) else { return false }
        close(socket)
        return true
    }

    /// A socket that is connected to a port; nil if nobody listens there.
    static func connected(to port: Int) -> Int32? {
        socket(port) { connect($0, $1, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }

    /// A socket that listens on a port.
    static func listen(on port: Int) throws -> Int32 {
        let listener = socket(port) { bind($0, $1, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        guard let listener, Foundation.listen(listener, 64) == 0 else {
            throw StoreFailure("nobody can listen on \(port)")
        }
        return listener
    }

    private static func canListen(_ port: Int) -> Bool {
        let bound = socket(port) { bind($0, $1, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        if let bound { close(bound) }
        return bound != nil
    }

    private static func socket(_ port: Int, _ body: (Int32, UnsafePointer<sockaddr>) -> Bool) -> Int32? {
        let descriptor = Foundation.socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isDone = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(descriptor, $0) }
        }
        guard isDone else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
