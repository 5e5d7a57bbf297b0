/// Where a setting's value came from; the earlier one wins.
public enum SettingSource: Sendable, Hashable {
    /// An option of the command line.
    case flag
    /// A variable of the process.
    case environment
    /// A `.env` file, by its path.
    case envFile(String)
    /// A YAML file, by its path.
    case configFile(String)
    /// Nobody: the default holds.
    case standard
}

extension SettingSource: CustomStringConvertible {
    /// As messages name it; a file by its path.
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
    /// Which setting it is.
    public let definition: SettingDefinition
    /// As it would be written in the environment; nil if there is none.
    public let value: String?
    /// Who set it.
    public let source: SettingSource
}
