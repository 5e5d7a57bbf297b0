public import ArgumentParser
public import PGKeep

extension ChecklistPeriod: ExpressibleByArgument {}
