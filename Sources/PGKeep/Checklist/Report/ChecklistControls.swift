/// Which controls of which standards an item is evidence for, and what nothing here is evidence for.
enum ChecklistControls {
    /// A requirement that auditors ask about.
    struct Control: Sendable, Hashable {
        var standard: String
        var clause: String
        /// What it asks for, in short.
        var asks: String
        var items: [ChecklistItem.Kind]
    }

    static let all: [Control] = [
        Control(
            standard: "SOC 2", clause: "A1.2", asks: "backups and recovery infrastructure are operated and monitored",
            items: [
                .latestBackups, .nothingVanished, .integrity, .usualSize, .noErrors, .copiesComplete, .monthlyBackup,
                .storageUsed, .retentionKept, .locksReadBack,
            ]),
        Control(
            standard: "SOC 2", clause: "A1.3", asks: "recovery procedures are tested",
            items: [.restoreTest, .disasterDrill, .objectivesMet]),
        Control(
            standard: "SOC 2", clause: "CC7.5", asks: "recovery from incidents is prepared for and works",
            items: [.restoreTest, .disasterDrill, .journalVerified]),
        Control(
            standard: "HIPAA", clause: "164.308(a)(7)(ii)(A)", asks: "a data backup plan: retrievable exact copies",
            items: [.latestBackups, .nothingVanished, .integrity, .copiesComplete, .monthlyBackup, .retentionKept]),
        Control(
            standard: "HIPAA", clause: "164.308(a)(7)(ii)(B)", asks: "a disaster recovery plan: lost data is restored",
            items: [.restoreTest, .disasterDrill, .objectivesMet]),
        Control(
            standard: "HIPAA", clause: "164.308(a)(7)(ii)(D)", asks: "contingency plans are tested and revised",
            items: [.restoreTest, .disasterDrill]),
        Control(
            standard: "GDPR", clause: "Art. 32(1)(b)", asks: "confidentiality, integrity, availability and resilience",
            items: [
                .integrity, .nothingVanished, .copiesComplete, .locksReadBack, .keyAges, .accessLog, .journalVerified,
            ]),
        Control(
            standard: "GDPR", clause: "Art. 32(1)(c)",
            asks: "availability is restored in a timely manner after an incident",
            items: [.restoreTest, .disasterDrill, .objectivesMet]),
        Control(
            standard: "GDPR", clause: "Art. 32(1)(d)", asks: "a process for regularly testing the measures",
            items: [.restoreTest, .disasterDrill, .integrity]),
        Control(
            standard: "ISO 27001", clause: "A.8.13", asks: "backups are maintained and regularly tested",
            items: [
                .latestBackups, .integrity, .copiesComplete, .monthlyBackup, .restoreTest, .disasterDrill,
                .retentionKept,
            ]),
    ]

    static let noEvidence = [
        "That these databases are all that have to be backed up: only those that are set are looked at.",
        "That people know what to do: no drill here calls anybody.",
        "Who may log in to the server, the stores and the machines, and how that is reviewed.",
        "That private keys are kept as they should be, beyond that those of the drill opened its archive.",
        "Whether data of a person was erased from old backups when it had to be.",
        "Files, configuration and other systems beside PostgreSQL's databases.",
    ]
}
