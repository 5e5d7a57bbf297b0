import Configuration
import Foundation
import PGKeepModel
import SystemPackage

/// The places a setting can come from, the strongest first.
struct SettingsLayers {
    private(set) var layers: [(source: SettingSource, provider: any ConfigProvider)] = []
    private(set) var problems: [String] = []
    private(set) var warnings: [String] = []

    /// A file that was named must be there; `.env` and `pgkeep.yaml` in the working directory may be.
    init(
        flags: [String: String], environment: [String: String], envFile: String?, configFile: String?,
        directory: String
    ) async {
        let options = SettingsLayers.options(flags)
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
        guard let path else { return }
        do {
            let file = try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
            layers.append((.configFile(path), file))
        } catch {
            problems.append("the file \(path) can't be read as YAML: \(error)")
        }
    }

    /// The value of the strongest layer that has one; an empty one counts as none.
    mutating func value(of definition: SettingDefinition) -> (value: String, source: SettingSource)? {
        let key = AbsoluteConfigKey(definition.key.split(separator: ".").map(String.init))
        for (source, provider) in layers {
            do {
                let found = try provider.value(forKey: key, type: .string).value
                if case .string(let text) = found?.content, !text.isEmpty { return (text, source) }
            } catch {
                problems.append("\(definition.key) in \(source) is not a single value")
            }
        }
        return nil
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

    private mutating func warn(of variables: [String: String], in place: String) {
        let known = SettingDefinition.all.map(\.environmentName)
        for name in variables.keys.sorted() where name.hasPrefix("BACKUP_") || name.hasPrefix("PGKEEP_") {
            if known.contains(name) { continue }
            let nearest = NearestName.of(name, among: known).map { "; did you mean \($0)?" } ?? ""
            warnings.append("\(name) in \(place) is not a setting\(nearest)")
        }
    }
}
