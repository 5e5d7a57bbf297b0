// What the library's own declarations are made of: who imports PGKeep has `Tier`, `PGKeepError` and the rest with it.
@_exported public import PGKeepModel
