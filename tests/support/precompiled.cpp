// Nothing: the object library that the precompiled header belongs to needs a source.
