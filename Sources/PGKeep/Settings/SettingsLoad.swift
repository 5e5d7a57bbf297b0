import Foundation
import PGKeepArchive
import PGKeepModel

extension Settings {
    /// Reads the settings: flag, then environment, then `.env`, then YAML file, then default.
    ///
    /// `flags` come by the names of the variables (`DATABASE_URL`). Without `environment` it is this process's.
    /// `envFile` and `configFile` name files that must be there; without them `.env` and `pgkeep.yaml` of `directory`
    /// are read if they are. Throws one error that tells all problems, one a line.
    public static func load(
        flags: [String: String] = [:], environment: [String: String]? = nil,
        envFile: String? = nil, configFile: String? = nil, directory: String = "."
    ) async throws -> Settings {
        let layers = SettingsLayers(
            flags: flags, environment: environment ?? ProcessInfo.processInfo.environment, envFile: envFile,
            configFile: configFile, directory: directory)
        var reader = SettingsReader(layers)
        var settings = reader.read()
        let problems = reader.readDatabases(into: &settings)
        guard problems.isEmpty else {
            throw PGKeepError(
                .settings, problems.joined(separator: "\n"), hint: "set these right, then: pgkeep settings check")
        }
        // With several databases the option names the one that is meant.
        guard settings.databases.isSeveral, let app = flags[SettingDefinition.appName.environmentName] else {
            return settings
        }
        return try settings.choosing(app: app)
    }
}

/// Turns texts into typed values and gathers what is wrong with them.
struct SettingsReader {
    private var layers: SettingsLayers
    private var texts: [String: (value: String, source: SettingSource)] = [:]
    private(set) var problems: [String]

    init(_ layers: SettingsLayers) {
        var layers = layers
        for definition in SettingDefinition.all {
            texts[definition.key] = layers.value(of: definition)
        }
        problems = layers.problems
        self.layers = layers
    }

    mutating func read() -> Settings {
        let url = text(.databaseURL)
        var settings = Settings(databaseURL: url.map { Secret($0) })
        settings.backupDirectory = path(.directory) ?? settings.backupDirectory
        settings.stateDirectory = path(.stateDirectory) ?? Settings.stateDirectory(in: settings.backupDirectory)
        settings.retention = RetentionPolicy(
            daily: count(.retentionDays, 1...36500) ?? settings.retention.daily,
            weekly: count(.retentionWeeklyDays, 1...36500) ?? settings.retention.weekly,
            monthly: count(.retentionMonthlyDays, 1...36500) ?? settings.retention.monthly)
        settings.compression = parsed(.compression, Compression.init) ?? settings.compression
        settings.encryptionRecipients = recipients(.encryptionRecipients)
        settings.encryptionKeyFiles = list(.encryptionKeyFile).map(expanded)
        settings.vaults = vaults(.vaults, beside: settings.backupDirectory)
        settings.lock = lock(.lock, of: settings.vaults)
        settings.lockManualDays = count(.lockManualDays, 1...36500) ?? settings.lockManualDays
        settings.appName = parsed(.appName, named) ?? settings.appName
        settings.schedules = Schedules(
            daily: schedule(.dailySchedule, settings.schedules.daily),
            weekly: schedule(.weeklySchedule, settings.schedules.weekly),
            monthly: schedule(.monthlySchedule, settings.schedules.monthly))
        settings.retries = count(.retries, 0...20) ?? settings.retries
        settings.jobs = count(.jobs, 1...256) ?? settings.jobs
        settings.timeZone = parsed(.timeZone, TimeZone.init(identifier:)) ?? settings.timeZone
        settings.keepAsideDays = count(.keepAsideDays, 0...36500) ?? settings.keepAsideDays
        settings.lockTimeout = count(.lockTimeout, 1...3600).map { .seconds($0) } ?? settings.lockTimeout
        settings.pgBinDirectory = path(.pgBinDirectory)
        settings.rpo = duration(.rpo, 60...3650 * 86_400) ?? settings.rpo
        settings.maxDuration = duration(.maxDuration, 1...365 * 86_400) ?? settings.maxDuration
        settings.diskLowDays = count(.diskLowDays, 0...365) ?? settings.diskLowDays
        settings.alerts = channels(.alerts)
        settings.alertSecret = text(.alertSecret).map { Secret($0) }
        settings.alertRepeat = duration(.alertRepeat, 60...31_536_000) ?? settings.alertRepeat
        settings.alertTimeout = duration(.alertTimeout, 1...600) ?? settings.alertTimeout
        if let text = text(.listen) { settings.listen = text == "off" ? nil : parsed(.listen, ListenAddress.init) }
        settings.stopTimeout = duration(.stopTimeout, 0...86_400) ?? settings.stopTimeout
        settings.stallTimeout = duration(.stallTimeout, 1...86_400) ?? settings.stallTimeout
        settings.checklists = parsed(.checklistPeriods, ChecklistPeriod.set) ?? settings.checklists
        settings.reportDirectory = path(.reportDirectory)
        settings.drillDirectory = path(.drillDirectory)
        settings.drillSchedule = schedule(.drillSchedule, settings.drillSchedule)
        settings.drillChecks = list(.drillChecks).map(expanded)
        settings.drillCheckTimeout = duration(.drillCheckTimeout, 1...86_400) ?? settings.drillCheckTimeout
        settings.drillTimeout = duration(.drillTimeout, 1...365 * 86_400) ?? settings.drillTimeout
        settings.drillMaxSize = parsed(.drillMaxSize) { ByteCount(setting: $0) }
        settings.signingKeyFile = path(.signingKeyFile)
        settings.rto = duration(.rto, 1...365 * 86_400)
        settings.resolved = SettingDefinition.all.map { resolve($0, in: settings) }
        settings.warnings = layers.warnings
        return settings
    }

    /// Which databases are kept; gives all that is wrong with the settings, each thing once.
    mutating func readDatabases(into settings: inout Settings) -> [String] {
        // A database named on the command line is the one that is meant.
        if texts[SettingDefinition.databaseURL.key]?.source == .flag { return problems }
        let selection = parsed(.databases, DatabaseSelection.init)
        let app = texts[SettingDefinition.appName.key]
        if let app, app.source != .flag, selection != nil || !layers.entries.isEmpty {
            problems.append("BACKUP_APP_NAME is set (\(app.source)), which is for one database, and several are kept")
        }
        settings.databases = selection ?? .one
        guard !layers.entries.isEmpty else { return problems }
        for other in [SettingDefinition.databaseURL, .databases] {
            guard let source = texts[other.key]?.source else { continue }
            problems.append(
                "\(other.environmentName) is set (\(source)), and so is the list of databases in the YAML file; keep one"
            )
        }
        let entries = DatabaseEntries(layers)
        settings.databases = .listed(entries.settings)
        for problem in entries.problems where !problems.contains(problem) { problems.append(problem) }
        return problems
    }

    private func text(_ definition: SettingDefinition) -> String? { texts[definition.key]?.value }

    private func path(_ definition: SettingDefinition) -> String? { text(definition).map(expanded) }

    /// A leading `~/` is the home folder: files have no shell that would expand it.
    private func expanded(_ path: String) -> String {
        path.hasPrefix("~/") ? NSHomeDirectory() + path.dropFirst() : path
    }

    /// What stands between commas, each once.
    private func list(_ definition: SettingDefinition) -> [String] {
        let parts = (text(definition) ?? "").split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return parts.enumerated().filter { !$1.isEmpty && !parts[..<$0].contains($1) }.map(\.element)
    }

    private mutating func parsed<Value>(_ definition: SettingDefinition, _ parse: (String) -> Value?) -> Value? {
        guard let (text, source) = texts[definition.key] else { return nil }
        if let value = parse(text.trimmingCharacters(in: .whitespaces)) { return value }
        let place = source == .flag ? (definition.flag ?? definition.environmentName) : definition.environmentName
        problems.append("\(place) is '\(text)' (\(source)); it takes \(definition.range)")
        return nil
    }

    private mutating func schedule(_ definition: SettingDefinition, _ standard: CronExpression?) -> CronExpression? {
        guard let (text, source) = texts[definition.key] else { return standard }
        if text.trimmingCharacters(in: .whitespaces).lowercased() == "off" { return nil }
        do {
            return try CronExpression(text)
        } catch {
            problems.append("\(definition.environmentName) is '\(text)' (\(source)): \(error.cause ?? error.message)")
            return nil
        }
    }

    private mutating func count(_ definition: SettingDefinition, _ range: ClosedRange<Int>) -> Int? {
        parsed(definition) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
    }

    private mutating func duration(_ definition: SettingDefinition, _ seconds: ClosedRange<Int64>) -> Duration? {
        parsed(definition) { text in
            Duration(setting: text).flatMap { seconds.contains($0.components.seconds) ? $0 : nil }
        }
    }

    /// What is wrong with an address is told without the address: all of it may be a secret.
    private mutating func channels(_ definition: SettingDefinition) -> [AlertChannel] {
        guard let (text, source) = texts[definition.key] else { return [] }
        do {
            return try AlertChannel.list(text)
        } catch {
            let hint = (error as? PGKeepError)?.hint.map { "; \($0)" } ?? ""
            problems.append("\(definition.environmentName) (\(source)): \(error)\(hint)")
            return []
        }
    }

    /// What is wrong with a key is told without the key: it may be a private one. A setting without any key is wrong:
    /// whoever set it wants a seal.
    private mutating func recipients(_ definition: SettingDefinition) -> [Recipient] {
        let texts = list(definition)
        if text(definition) != nil, !(1...SealHeader.mostRecipients).contains(texts.count) {
            problems.append(
                "\(definition.environmentName) has \(texts.count) keys; it takes 1 to \(SealHeader.mostRecipients)")
        }
        return texts.enumerated().compactMap { number, text in
            do {
                return try Recipient(text)
            } catch {
                let hint = (error as? PGKeepError)?.hint.map { "; \($0)" } ?? ""
                problems.append("\(definition.environmentName), key \(number + 1) of \(texts.count): \(error)\(hint)")
                return nil
            }
        }
    }

    private mutating func vaults(_ definition: SettingDefinition, beside folder: String) -> [VaultAddress] {
        guard let (text, source) = texts[definition.key] else { return [] }
        let list = VaultList(text, beside: folder)
        problems += list.problems.map { "\(definition.environmentName) (\(source)): \($0)" }
        return list.vaults
    }

    /// A lock that nothing can hold is wrong: whoever set it believes that copies are locked.
    private mutating func lock(_ definition: SettingDefinition, of vaults: [VaultAddress]) -> LockMode? {
        guard let mode = parsed(definition, LockMode.init(rawValue:)) else { return nil }
        if !vaults.contains(where: \.hasLocks) {
            problems.append(
                "\(definition.environmentName) is set, and BACKUP_VAULTS names no S3 bucket: nothing else can lock copies"
            )
        }
        return mode
    }

    private func named(_ text: String) -> String? {
        do {
            return try AppName(text).text
        } catch {
            return nil
        }
    }

    private func resolve(_ definition: SettingDefinition, in settings: Settings) -> ResolvedSetting {
        let found = texts[definition.key]
        let value =
            switch definition {
            case .databaseURL: found.map { ConnectionRedaction.redacted($0.value) }
            case .directory: Optional(settings.backupDirectory)
            case .appName: settings.appName
            case .compression: settings.compression.description
            case .encryptionRecipients:
                found.map { _ in settings.encryptionRecipients.map(\.description).joined(separator: ",") }
            case .vaults: found.map { _ in settings.vaults.map(\.description).joined(separator: " ") }
            case .lock: settings.lock?.rawValue
            case .lockManualDays: String(settings.lockManualDays)
            case .retentionDays: String(settings.retention.daily)
            case .retentionWeeklyDays: String(settings.retention.weekly)
            case .retentionMonthlyDays: String(settings.retention.monthly)
            case .keepAsideDays: String(settings.keepAsideDays)
            case .dailySchedule: settings.schedules.daily?.text ?? "off"
            case .weeklySchedule: settings.schedules.weekly?.text ?? "off"
            case .monthlySchedule: settings.schedules.monthly?.text ?? "off"
            case .retries: String(settings.retries)
            case .jobs: String(settings.jobs)
            case .lockTimeout: String(settings.lockTimeout.components.seconds)
            case .timeZone: settings.timeZone.identifier
            case .stateDirectory: settings.stateDirectory
            case .pgBinDirectory: settings.pgBinDirectory
            case .rpo: settings.rpo.setting
            case .maxDuration: settings.maxDuration.setting
            case .drillDirectory: Optional(settings.scratchDirectory)
            case .drillSchedule: settings.drillSchedule?.text ?? "off"
            case .drillCheckTimeout: settings.drillCheckTimeout.setting
            case .drillTimeout: settings.drillTimeout.setting
            case .signingKeyFile: settings.signingKeyFile
            case .rto: settings.rto?.setting
            case .diskLowDays: String(settings.diskLowDays)
            case .alerts: found.map { _ in settings.alerts.map(\.name).joined(separator: " ") }
            case .alertSecret: found.map { _ in "***" }
            case .alertRepeat: settings.alertRepeat.setting
            case .alertTimeout: settings.alertTimeout.setting
            case .listen: settings.listen?.description ?? "off"
            case .stopTimeout: settings.stopTimeout.setting
            case .stallTimeout: settings.stallTimeout.setting
            case .checklistPeriods: ChecklistPeriod.text(settings.checklists)
            default: found?.value
            }
        return ResolvedSetting(definition: definition, value: value, source: found?.source ?? .standard)
    }
}

private func ~= (left: SettingDefinition, right: SettingDefinition) -> Bool { left.key == right.key }
