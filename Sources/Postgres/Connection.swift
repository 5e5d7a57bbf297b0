import CLibPQ
import Foundation
import PGKeepModel
import Synchronization

/// One session of a server, used by one thread at a time; its calls block.
///
/// Cancelling cuts the socket, so that whatever the thread waits for ends at once; the server ends the session when
/// it next looks at it.
package final class Connection {
    private let handle: OpaquePointer
    private let socket: Socket
    private let cancellation: Cancellation
    private var registration = 0
    private let received = Warnings()
    /// The connection string as libpq resolved it, with the host that answered.
    package let target: ConnectionString

    /// Connects; at most 30 seconds, or `connect_timeout`.
    package init(_ string: ConnectionString, purpose: String = "pgkeep", cancellation: Cancellation) throws {
        try cancellation.check()
        var options = string.options
        options["fallback_application_name"] = purpose
        handle = try Connection.open(options, cancellation)
        socket = Socket(PQsocket(handle))
        self.cancellation = cancellation
        target = string.resolved(by: handle)
        PQsetNoticeReceiver(
            handle, { warnings, result in Warnings.take(result, into: warnings) },
            Unmanaged.passUnretained(received).toOpaque())
        registration = cancellation.onCancel { [socket] in socket.cut() }
    }

    deinit {
        cancellation.forget(registration)
        socket.forget()
        PQfinish(handle)
    }

    package var database: String { PQdb(handle).map { String(cString: $0) } ?? "" }
    package var user: String { PQuser(handle).map { String(cString: $0) } ?? "" }
    /// The role that things are done as, and that owns what is created: the user, unless SET ROLE made it another.
    package func currentRole() throws -> String { try value("SELECT current_user") ?? user }
    package var versionNumber: Int { Int(PQserverVersion(handle)) }
    package var major: Int { versionNumber / 10_000 }
    /// The process that the connection's handshake named; a pooler names one of its own.
    package var handshakeProcess: Int { Int(PQbackendPID(handle)) }
    /// `host:port` or the socket's folder, for messages.
    package var place: String { Connection.place(handle) }

    /// Runs SQL, one statement or several, and gives the rows of the last one; NULL is nil.
    @discardableResult
    package func query(_ sql: String) throws -> [[String?]] {
        let result = try run(ServerText.encode(sql))
        defer { PQclear(result) }
        return Connection.rows(of: result)
    }

    /// Runs somebody else's text, which must be one query and nothing else; gives its first row and how many there are.
    ///
    /// Rows are read one by one, and no more than `most` of them: the session is of no use after that.
    package func ask(_ sql: String, most: Int) throws -> (first: [String?], count: Int)? {
        try cancellation.check()
        let sent = (ServerText.encode(sql) + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) {
                PQsendQueryParams(handle, $0.baseAddress, 0, nil, nil, nil, nil, 0)
            }
        }
        guard sent == 1, PQsetSingleRowMode(handle) == 1 else { throw failure(nil) }
        var first: [String?]?
        var count = 0
        while count < most, let result = PQgetResult(handle) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_SINGLE_TUPLE:
                count += 1
                if first == nil { first = Connection.rows(of: result).first }
            case PGRES_TUPLES_OK: break
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY, PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                throw PGKeepError(.failed, "the text is no query", cause: "it is no query that returns rows")
            default: throw failure(result)
            }
        }
        return first.map { ($0, count) }
    }

    private static func rows(of result: OpaquePointer?) -> [[String?]] {
        (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else {
                    return nil
                }
                let length = Int(PQgetlength(result, row, column))
                return ServerText.decode(UnsafeRawBufferPointer(start: value, count: length))
            }
        }
    }

    /// The first column of the first row.
    package func value(_ sql: String) throws -> String? { try query(sql).first?.first ?? nil }

    /// Runs SQL given as bytes, for its effect.
    package func execute(_ sql: [UInt8]) throws { PQclear(try run(sql)) }

    package func quote(literal text: String) throws -> String {
        let bytes = ServerText.encode(text)
        let quoted = bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { PQescapeLiteral(handle, $0.baseAddress, $0.count) }
        }
        guard let quoted else { throw failure(nil) }
        defer { PQfreemem(quoted) }
        return ServerText.decode(UnsafeRawBufferPointer(start: quoted, count: strlen(quoted)))
    }

    /// The warnings that the server has sent so far; notices are left out.
    package var warnings: [String] { received.texts }

    // MARK: COPY

    /// Runs a COPY … TO STDOUT and gives each row with its newline; valid during the call.
    package func copyOut(_ sql: String, row: (UnsafeRawBufferPointer) throws -> Void) throws {
        PQclear(try run(ServerText.encode(sql), expecting: PGRES_COPY_OUT))
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(handle, &buffer, 0)
            guard length > 0, let buffer else {
                if length == -1 { break }
                throw failure(nil)
            }
            defer { PQfreemem(buffer) }
            try row(UnsafeRawBufferPointer(start: buffer, count: Int(length)))
        }
        _ = try finishCopy()
    }

    /// Begins a COPY … FROM STDIN.
    package func copyIn(_ sql: [UInt8]) throws { PQclear(try run(sql, expecting: PGRES_COPY_IN)) }

    /// Sends bytes of rows; lines may be cut anywhere.
    package func send(_ bytes: UnsafeRawBufferPointer) throws {
        // Messages of 1 MiB at most: libpq holds a message whole before it sends it.
        var rest = bytes
        while !rest.isEmpty {
            let count = min(rest.count, 1 << 20)
            let sent = PQputCopyData(handle, rest.bindMemory(to: CChar.self).baseAddress, Int32(count))
            guard sent == 1 else { throw failure(nil) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Ends a COPY … FROM STDIN; the number of rows the server took.
    package func endCopyIn() throws -> Int64 {
        guard PQputCopyEnd(handle, nil) == 1 else { throw failure(nil) }
        return try finishCopy()
    }

    // MARK: Asynchronous use

    /// Sends a statement without waiting for its result.
    package func send(_ sql: String) throws {
        let sent = (ServerText.encode(sql) + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { PQsendQuery(handle, $0.baseAddress) }
        }
        guard sent == 1 else { throw failure(nil) }
    }

    /// Whether the statement sent is still running, after waiting for at most `milliseconds`.
    package func isBusy(waiting milliseconds: Int32) throws -> Bool {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        _ = poll(&descriptor, 1, milliseconds)
        guard PQconsumeInput(handle) == 1 else { throw failure(nil) }
        return PQisBusy(handle) == 1
    }

    /// Waits for the statement sent and takes its result.
    package func finishSent() throws {
        var problem: PGKeepError?
        while let result = PQgetResult(handle) {
            if !Connection.isGood(PQresultStatus(result)) { problem = problem ?? failure(result) }
            PQclear(result)
        }
        if let problem { throw problem }
    }

    // MARK: Privates

    private func run(_ sql: [UInt8], expecting expected: ExecStatusType? = nil) throws -> OpaquePointer? {
        try cancellation.check()
        let result = exec(sql)
        let status = PQresultStatus(result)
        guard expected.map({ status == $0 }) ?? Connection.isGood(status) else {
            let error = failure(result)
            PQclear(result)
            throw error
        }
        return result
    }

    /// As PQexec, but of a session that was ended it gives the server's reason, not the loss of the connection that
    /// follows, which has no SQLSTATE.
    private func exec(_ sql: [UInt8]) -> OpaquePointer? {
        let sent = (sql + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { PQsendQuery(handle, $0.baseAddress) }
        }
        guard sent == 1 else { return nil }
        var last: OpaquePointer?
        while let next = PQgetResult(handle) {
            if last != nil, PQresultStatus(last) == PGRES_FATAL_ERROR {
                PQclear(next)
                continue
            }
            PQclear(last)
            last = next
            if [PGRES_COPY_IN, PGRES_COPY_OUT].contains(PQresultStatus(next)) { break }
        }
        return last
    }

    private func finishCopy() throws -> Int64 {
        var rows: Int64 = 0
        var problem: PGKeepError?
        while let result = PQgetResult(handle) {
            if PQresultStatus(result) != PGRES_COMMAND_OK { problem = problem ?? failure(result) }
            if let count = PQcmdTuples(result), let number = Int64(String(cString: count)) { rows += number }
            PQclear(result)
        }
        if let problem { throw problem }
        return rows
    }

    private static func isGood(_ status: ExecStatusType) -> Bool {
        status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY
    }

    private func failure(_ result: OpaquePointer?) -> PGKeepError {
        if cancellation.isCancelled { return Cancellation.error }
        func field(_ code: Character) -> String? {
            guard let result, let ascii = code.asciiValue, let text = PQresultErrorField(result, Int32(ascii)) else {
                return nil
            }
            return String(cString: text)
        }
        let isLost = PQstatus(handle) != CONNECTION_OK && field("C") == nil
        if isLost, let end = received.end {
            return ServerError.failure(
                state: end.state, primary: end.text, detail: nil, context: nil, isConnected: false,
                isStandby: isStandby, place: place)
        }
        return ServerError.failure(
            state: field("C"), primary: field("M") ?? String(cString: PQerrorMessage(handle)).trimmed,
            detail: field("D"), context: field("W"), isConnected: PQstatus(handle) == CONNECTION_OK,
            isStandby: isStandby, place: place)
    }

    /// What the server reports of itself in every session from PostgreSQL 14 on.
    private var isStandby: Bool {
        PQparameterStatus(handle, "in_hot_standby").map { String(cString: $0) } == "on"
    }

    /// Begins to connect, as far as that doesn't block; nil if there is no memory.
    static func start(_ options: [String: String]) -> OpaquePointer? {
        // `expand_dbname` lets a dbname be a connection string itself, as psql does.
        let keywords = options.keys.map { strdup($0) } + [nil]
        let values = options.values.map { strdup($0) } + [nil]
        defer { for text in keywords + values { free(text) } }
        return keywords.map { UnsafePointer($0) }.withUnsafeBufferPointer { keywords in
            values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
                PQconnectStartParams(keywords.baseAddress, values.baseAddress, 1)
            }
        }
    }

    private static func open(_ options: [String: String], _ cancellation: Cancellation) throws -> OpaquePointer {
        guard let handle = start(options) else { throw PGKeepError(.unreachable, "libpq is out of memory") }
        do {
            try wait(for: handle, seconds: options["connect_timeout"].flatMap { Int($0) } ?? 30, cancellation)
            return handle
        } catch {
            PQfinish(handle)
            throw error
        }
    }

    private static func wait(for handle: OpaquePointer, seconds: Int, _ cancellation: Cancellation) throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(max(2, seconds)))
        var state = PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            try cancellation.check()
            guard state != PGRES_POLLING_FAILED else {
                throw ServerError.refused(String(cString: PQerrorMessage(handle)).trimmed, place: place(handle))
            }
            guard ContinuousClock.now < deadline else {
                throw ServerError.refused("no answer within \(seconds) s", place: place(handle))
            }
            let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
            var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
            if poll(&descriptor, 1, 100) > 0 { state = PQconnectPoll(handle) }
        }
    }

    private static func place(_ handle: OpaquePointer) -> String {
        let host = PQhost(handle).map { String(cString: $0) } ?? ""
        let port = PQport(handle).map { String(cString: $0) } ?? ""
        return host.hasPrefix("/") ? "\(host)/.s.PGSQL.\(port)" : "\(host):\(port)"
    }
}

/// What libpq's notice receiver collects, on the thread that uses the session.
private final class Warnings {
    private(set) var texts: [String] = []
    /// Why the server ended the session, if it said so between two statements.
    private(set) var end: (state: String, text: String)?

    /// `context` is the object itself, which lives as long as the session that calls.
    static func take(_ result: OpaquePointer?, into context: UnsafeMutableRawPointer?) {
        func field(_ code: UInt8) -> String? { PQresultErrorField(result, Int32(code)).map { String(cString: $0) } }
        guard let context, let text = field(UInt8(ascii: "M")) else { return }
        let warnings = Unmanaged<Warnings>.fromOpaque(context).takeUnretainedValue()
        switch field(UInt8(ascii: "V")) {
        case "WARNING": warnings.texts.append(text)
        case "FATAL": warnings.end = field(UInt8(ascii: "C")).map { ($0, text) }
        default: break
        }
    }
}

/// The socket of a session, which another thread may cut while it is open.
private final class Socket: Sendable {
    private let descriptor: Mutex<Int32?>

    init(_ descriptor: Int32) { self.descriptor = Mutex(descriptor) }

    /// The close that follows resets the connection: a server that is sending rows would otherwise go on waiting for
    /// room in a socket that nobody reads, its locks and snapshot held.
    func cut() {
        descriptor.withLock { descriptor in
            guard let open = descriptor else { return }
            var atOnce = linger(l_onoff: 1, l_linger: 0)
            _ = setsockopt(open, SOL_SOCKET, SO_LINGER, &atOnce, socklen_t(MemoryLayout<linger>.size))
            _ = shutdown(open, Int32(SHUT_RDWR))
        }
    }

    /// After this its number may be another file's.
    func forget() { descriptor.withLock { $0 = nil } }
}
