import Foundation
import PGKeepModel

/// The settings of each database that the YAML file lists, and what is wrong with them.
struct DatabaseEntries {
    private(set) var settings: [Settings] = []
    private(set) var problems: [String] = []

    init(_ layers: SettingsLayers) {
        // Where an app's archives lie, by which entry.
        var places: [String: String] = [:]
        for entry in layers.entries {
            var reader = SettingsReader(layers.with(entry))
            var own = reader.read()
            problems += reader.problems
            guard let app = app(of: own, at: entry.place) else { continue }
            own.appName = app.text
            let folder = URL(filePath: own.backupDirectory).standardizedFileURL.path
            if let other = places.updateValue(entry.place, forKey: "\(app.text) in \(folder)") {
                problems.append(
                    "\(other) and \(entry.place) would both be filed as \(app.text) in \(own.backupDirectory); "
                        + "give one of them another app or dir")
            }
            settings.append(own)
        }
    }

    private mutating func app(of own: Settings, at place: String) -> AppName? {
        guard own.databaseURL != nil else {
            problems.append("\(place) has no url")
            return nil
        }
        do {
            return try own.app()
        } catch {
            problems.append("\(place): \("\(error)".replacing("DATABASE_URL", with: "its url"))")
            return nil
        }
    }
}
