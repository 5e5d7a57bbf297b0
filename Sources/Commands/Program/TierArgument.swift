public import ArgumentParser
public import PGKeepModel

extension Tier: ExpressibleByArgument {}
