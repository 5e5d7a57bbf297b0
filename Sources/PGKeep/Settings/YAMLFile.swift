import Yams

/// A YAML file of settings: single values by their keys, and the list of databases with settings of their own.
struct YAMLFile {
    /// One database of the list.
    struct Entry {
        /// Where it stands, for messages: `pgkeep.yaml, databases[2]`.
        var place: String
        /// By the keys of the file's other settings.
        var values: [String: String] = [:]
    }

    private(set) var values: [String: String] = [:]
    private(set) var entries: [Entry] = []
    private(set) var problems: [String] = []
    private(set) var warnings: [String] = []
    private let path: String

    /// What in an entry has another name than below `backup`.
    private static let entryKeys = ["url": SettingDefinition.databaseURL.key, "app": SettingDefinition.appName.key]
    /// What can't differ from one database to the next.
    private static let sharedKeys = Set(
        ([.configFile, .databases, .timeZone, .listen, .stopTimeout] + SettingDefinition.alerting).map(\.key))

    init(_ text: String, path: String) throws {
        self.path = path
        guard let root = try Yams.compose(yaml: text) else { return }
        guard let settings = root.mapping else {
            problems.append("the file \(path) can't be read as YAML: it holds no keys with values")
            return
        }
        for (key, node) in settings {
            if key.string == "databases" {
                readDatabases(node)
            } else {
                let (found, wrong) = YAMLFile.flatten(node, key: key.string ?? "")
                values.merge(found) { $1 }
                problems += wrong.map { "\($0) in \(path) is not a single value" }
            }
        }
        let known = SettingDefinition.all.map(\.key)
        for (key, value) in values.sorted(by: { $0.key < $1.key }) where !known.contains(key) {
            values[key] = nil
            // A section without anything in it is no mistake.
            if value.isEmpty { continue }
            let nearest = NearestName.of(key, among: known).map { "; did you mean \($0)?" } ?? ""
            warnings.append("\(key) in \(path) is not a setting\(nearest)")
        }
    }

    /// Names, which are what the variable takes too, or entries.
    private mutating func readDatabases(_ node: Node) {
        guard let list = node.sequence, list.contains(where: { $0.mapping != nil }) else {
            let names = node.sequence.map { $0.compactMap(\.scalar?.string).joined(separator: ",") }
            values[SettingDefinition.databases.key] = names ?? node.scalar?.string
            if names == nil, node.scalar == nil { problems.append("databases in \(path) is not a list") }
            return
        }
        for (index, node) in list.enumerated() {
            var entry = Entry(place: "\(path), databases[\(index + 1)]")
            guard node.mapping != nil else {
                problems.append("\(entry.place) has no url")
                continue
            }
            let (found, wrong) = YAMLFile.flatten(node, key: "")
            problems += wrong.map { "\($0) in \(entry.place) is not a single value" }
            for (key, value) in found.sorted(by: { $0.key < $1.key }) {
                if let known = YAMLFile.key(ofEntry: key) {
                    entry.values[known] = value
                } else {
                    problems.append("\(key) in \(entry.place) is not a setting of one database\(YAMLFile.nearest(key))")
                }
            }
            entries.append(entry)
        }
    }

    private static func key(ofEntry key: String) -> String? {
        if let other = entryKeys[key] { return other }
        let full = "backup.\(key)"
        return SettingDefinition.all.contains { $0.key == full } && !sharedKeys.contains(full)
            && !entryKeys.values.contains(full) ? full : nil
    }

    private static func nearest(_ key: String) -> String {
        let known = SettingDefinition.all.map(\.key).filter { $0.hasPrefix("backup.") && !sharedKeys.contains($0) }
            .map { String($0.dropFirst("backup.".count)) }
        return NearestName.of(key, among: known + entryKeys.keys).map { "; did you mean \($0)?" } ?? ""
    }

    /// Single values by dotted keys, and the keys of what is none.
    private static func flatten(_ node: Node, key: String) -> (values: [String: String], wrong: [String]) {
        if let text = node.scalar?.string { return ([key: text], []) }
        guard let mapping = node.mapping else { return ([:], [key]) }
        var values: [String: String] = [:]
        var wrong: [String] = []
        for (name, node) in mapping {
            let name = name.string ?? ""
            let (found, others) = flatten(node, key: key.isEmpty ? name : "\(key).\(name)")
            values.merge(found) { $1 }
            wrong += others
        }
        return (values, wrong)
    }
}
