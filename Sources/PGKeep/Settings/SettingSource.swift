/// Where a setting's value came from; the earlier one wins.
public enum SettingSource: Sendable, Hashable {
    case flag
    case environment
    /// A `.env` file, by its path.
    case envFile(String)
    /// A YAML file, by its path.
    case configFile(String)
    case standard
}

extension SettingSource: CustomStringConvertible {
    public var description: String {
        switch self {
        case .flag: "command line"
        case .environment: "environment"
        case .envFile(let path), .configFile(let path): path
        case .standard: "default"
        }
    }
}

/// A setting, the value that holds, and who set it; a secret value comes redacted.
public struct ResolvedSetting: Sendable, Equatable {
    public let definition: SettingDefinition
    /// As it would be written in the environment; nil if there is none.
    public let value: String?
    public let source: SettingSource
}
