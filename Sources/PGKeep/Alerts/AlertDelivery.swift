package import Foundation
package import Logging
package import PGKeepModel

/// Tells what is wrong, once and then rarely, to every channel that is set.
///
/// Whoever watches calls `settle` with everything that holds at the moment, again and again; the alert book makes
/// notices of it, which are journalled, said, and put into each channel's queue. Then the queues are worked off, all
/// channels at once. What a channel does not take stays in its queue and is tried again by later calls, after growing
/// pauses, also after a restart. Nothing here throws: that a channel fails is said, and is no failure of a backup.
///
/// What a crash leaves: before the queues were written, an alert that the next call opens again; after that, notices that
/// are sent once the lease of their queue ran out.
package struct AlertDelivery: Sendable {
    private let settings: Settings
    private let talk: Talk
    private let journal: Journal
    private let store: AlertStore
    private let limits: AlertLimits
    private let toolFolders: [String]
    private let now: @Sendable () -> Date

    /// Apprise is looked for in PATH and the usual places, or in `toolFolders`.
    package init(
        settings: Settings, logger: Logger, toolFolders: [String]? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.init(settings: settings, talk: Talk(logger), toolFolders: toolFolders, now: now)
    }

    /// Whoever settles again and again gives the same `store`, which remembers what it could not write.
    init(
        settings: Settings, talk: Talk, store: AlertStore? = nil, toolFolders: [String]? = nil,
        now: @escaping @Sendable () -> Date
    ) {
        self.settings = settings
        self.talk = talk
        self.toolFolders = toolFolders ?? Apprise.folders
        limits = AlertLimits(whole: settings.alertTimeout)
        self.now = now
        journal = Journal(directory: settings.stateDirectory)
        self.store = store ?? AlertStore(directory: settings.stateDirectory) { talk(.warning(.alert, $0)) }
    }

    /// Takes in everything that holds now, for `apps` or for all, and tells what is news; gives back when an undelivered
    /// notice is to be tried again, which any later call does.
    ///
    /// What is not among the conditions is over, so call it only once everything was looked at. A keeper that shares its
    /// state folder with keepers of other apps says which apps are its own.
    @discardableResult
    package func settle(_ conditions: [Condition], of apps: Set<String>? = nil) async -> Date? {
        let now = now()
        let notices = store.update { state in
            let (notices, book) = state.book.settle(conditions, of: apps, now: now, repeat: settings.alertRepeat)
            // First, so that the journal never lacks what was told.
            for notice in notices { record(notice, at: now) }
            state.book = book
            let channels = settings.alerts.filter { $0.way != .ping }
            for notice in notices { state.add(.notice(notice), for: channels, at: now) }
            return notices
        }
        for notice in notices { talk(.alert(notice)) }
        return await deliver()
    }

    /// Tells services that wait for pings that a run starts; tried once, since its end will be told anyway.
    package func runStarted(app: AppName, tier: Tier) async {
        let ping = RunPing(.started, app: app, tier: tier, text: "", at: now())
        let work = settings.alerts.filter { $0.way == .ping }.map { channel in
            AlertWork(channel: channel, items: [AlertQueue.Item(id: "start", madeAt: ping.at, content: .ping(ping))])
        }
        for result in await send(work) {
            if let error = result.error { talk(.warning(.alert, "the start of the run was not told: \(error)")) }
        }
    }

    /// Tells services that wait for pings how a run ended, with the last lines of its log.
    @discardableResult
    package func runEnded(app: AppName, tier: Tier, succeeded: Bool, logTail: String) async -> Date? {
        let now = now()
        let channels = settings.alerts.filter { $0.way == .ping }
        guard !channels.isEmpty else { return nil }
        let ping = RunPing(succeeded ? .succeeded : .failed, app: app, tier: tier, text: logTail, at: now)
        store.update { state in state.add(.ping(ping), for: channels, at: now) }
        return await deliver()
    }

    /// Sends a test to each channel, and tells how that went.
    package func test() async -> [AlertTestReport] {
        let now = now()
        let notice = AlertNotice.test(at: now)
        let ping = RunPing(.noted, app: nil, tier: nil, text: notice.message, at: now)
        let work = settings.alerts.map { channel in
            let content: AlertQueue.Content = channel.way == .ping ? .ping(ping) : .notice(notice)
            return AlertWork(
                channel: channel, items: [AlertQueue.Item(id: notice.id, madeAt: now, content: content)])
        }
        let results = await send(work)
        return settings.alerts.map { channel in
            AlertTestReport(channel, error: results.first { $0.channel == channel }?.error)
        }
    }

    // MARK: Sending

    private func deliver() async -> Date? {
        let now = now()
        let (dropped, work) = store.update { state in
            let dropped = state.dropOld(settings.alerts, now, limits)
            return (dropped, state.takeDue(settings.alerts, now, limits))
        }
        for item in dropped { tell(item, at: now) }
        guard !work.isEmpty else { return store.update { $0.nextAttempt(settings.alerts, now) } }
        let results = await send(work)
        let after = self.now()
        let next = store.update { state in
            for result in results { state.note(result, after, limits) }
            return state.nextAttempt(settings.alerts, after)
        }
        for result in results {
            guard let error = result.error else { continue }
            let hint = (error as? PGKeepError)?.hint.map { "; \($0)" } ?? ""
            talk(
                .warning(
                    .alert, "\(result.channel.name) did not take an alert, it is sent again later: \(error)\(hint)"))
        }
        return next
    }

    /// All channels at once, each its items in order up to the first that fails.
    private func send(_ work: [AlertWork]) async -> [AlertWork.Result] {
        guard !work.isEmpty else { return [] }
        return await AlertPost.withClient(limits) { client in
            let sender = AlertSender(
                client: client, limits: limits, secret: settings.alertSecret, timeZone: settings.timeZone,
                toolFolders: toolFolders, now: now)
            return await withTaskGroup(of: AlertWork.Result.self) { group in
                for work in work { group.addTask { await sender.send(work) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
        } unclean: { error in
            talk(.warning(.alert, "connections were not closed well: \(error)"))
        }
    }

    // MARK: Telling

    private func record(_ notice: AlertNotice, at now: Date) {
        var details: [String: JSONValue] = [
            "alert": .string(notice.alert), "notice": .string(notice.event.rawValue), "kind": .string(notice.kind),
            "message": .string(notice.message), "since": .string(notice.since.iso8601),
            "lastedSeconds": .integer(notice.lasted.components.seconds),
        ]
        details["app"] = notice.app.map(JSONValue.string)
        details["subject"] = notice.subject.map(JSONValue.string)
        append(JournalEvent(.alert, details: details), at: now)
    }

    private func tell(_ item: AlertState.Dropped, at now: Date) {
        let channel = item.channel ?? "a channel that is not set"
        let what: String
        switch item.content {
        case .notice(let notice): what = notice.what
        case .ping(let ping): what = "how the \(ping.tier ?? "last") backup of \(ping.app ?? "an app") ended"
        }
        talk(.warning(.alert, "never delivered to \(channel): \(what)"))
        append(
            JournalEvent(
                .alert, outcome: .failed,
                details: [
                    "notice": .string("undelivered"), "channel": .string(channel), "message": .string(what),
                ]), at: now)
    }

    private func append(_ event: JournalEvent, at now: Date) {
        do {
            try journal.append(event, at: now)
        } catch {
            talk(.warning(.alert, "the alert is not in the journal: \(error)"))
        }
    }
}

extension AlertSender {
    fileprivate func send(_ work: AlertWork) async -> AlertWork.Result {
        var result = AlertWork.Result(channel: work.channel, delivered: [])
        for item in work.items {
            do {
                try await send(item.content, to: work.channel)
                result.delivered.insert(item.id)
            } catch {
                result.error = error
                break
            }
        }
        return result
    }
}
