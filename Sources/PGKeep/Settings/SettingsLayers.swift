import Configuration
import Foundation
import PGKeepModel
import SystemPackage

/// The places a setting can come from, the strongest first.
struct SettingsLayers {
    private(set) var layers: [(source: SettingSource, provider: any ConfigProvider)] = []
    private(set) var problems: [String] = []
    private(set) var warnings: [String] = []
    /// The databases that the YAML file lists with their own settings.
    private(set) var entries: [YAMLFile.Entry] = []
    private var options: [String: String]

    /// A file that was named must be there; `.env` and `pgkeep.yaml` in the working directory may be.
    init(
        flags: [String: String], environment: [String: String], envFile: String?, configFile: String?,
        directory: String
    ) {
        options = SettingsLayers.options(flags)
        add(.flag, options)
        add(.environment, environment)
        warn(of: environment, in: "the environment")
        if let (path, values) = readEnvFile(named: envFile, directory: directory) {
            add(.envFile(path), values)
            warn(of: values, in: path)
        }
        let named = configFile ?? value(of: .configFile)?.value
        let standard = FilePath(directory).appending("pgkeep.yaml").string
        let path = named ?? (FileManager.default.fileExists(atPath: standard) ? standard : nil)
        if let path { readYAMLFile(path) }
    }

    /// The layers as they are for one entry of the YAML file's list: its own settings count more than all but options.
    func with(_ entry: YAMLFile.Entry) -> SettingsLayers {
        var layers = self
        // The app's name, as an option, is what chooses the entry.
        layers.options[SettingDefinition.appName.environmentName] = nil
        layers.layers[0].provider = EnvironmentVariablesProvider(environmentVariables: layers.options)
        layers.layers.insert((.configFile(entry.place), SettingsLayers.provider(entry.values)), at: 1)
        return layers
    }

    /// The value of the strongest layer that has one; an empty one counts as none.
    mutating func value(of definition: SettingDefinition) -> (value: String, source: SettingSource)? {
        let key = SettingsLayers.key(definition.key)
        for (source, provider) in layers {
            do {
                let found = try provider.value(forKey: key, type: .string).value
                if case .string(let text) = found?.content, !text.isEmpty { return (text, source) }
            } catch {
                problems.append("\(definition.key) in \(source) can't be read: \(error)")
            }
        }
        return nil
    }

    private static func key(_ text: String) -> AbsoluteConfigKey {
        AbsoluteConfigKey(text.split(separator: ".").map(String.init))
    }

    private static func provider(_ values: [String: String]) -> InMemoryProvider {
        InMemoryProvider(
            values: Dictionary(
                uniqueKeysWithValues: values.map { (key($0.key), ConfigValue(.string($0.value), isSecret: false)) }))
    }

    /// Options come by the names of the variables.
    private static func options(_ flags: [String: String]) -> [String: String] {
        flags.filter { flag in SettingDefinition.all.contains { $0.environmentName == flag.key } }
    }

    private mutating func add(_ source: SettingSource, _ variables: [String: String]) {
        layers.append((source, EnvironmentVariablesProvider(environmentVariables: variables)))
    }

    private mutating func readEnvFile(named: String?, directory: String) -> (String, [String: String])? {
        let path = named ?? FilePath(directory).appending(".env").string
        if named == nil, !FileManager.default.fileExists(atPath: path) { return nil }
        do {
            let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            let file = EnvFile(text)
            problems += file.problems.map { "\(path): \($0)" }
            return (path, file.values)
        } catch {
            problems.append("the file \(path) can't be read: \(error.localizedDescription)")
            return nil
        }
    }

    private mutating func readYAMLFile(_ path: String) {
        do {
            let file = try YAMLFile(String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self), path: path)
            layers.append((.configFile(path), SettingsLayers.provider(file.values)))
            entries = file.entries
            problems += file.problems
            warnings += file.warnings
        } catch {
            problems.append("the file \(path) can't be read as YAML: \(error)")
        }
    }

    private mutating func warn(of variables: [String: String], in place: String) {
        let known = SettingDefinition.all.map(\.environmentName)
        for name in variables.keys.sorted() where name.hasPrefix("BACKUP_") || name.hasPrefix("PGKEEP_") {
            if known.contains(name) { continue }
            let nearest = NearestName.of(name, among: known).map { "; did you mean \($0)?" } ?? ""
            warnings.append("\(name) in \(place) is not a setting\(nearest)")
        }
    }
}
