// Paths of the configuration.
#pragma once

#include <string>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// The path, made absolute: it must not mean another file once the process has changed its directory, as daemon() does.
/// An empty one stays empty. Throws ConfigError, naming the field, for a relative path in a process whose directory is
/// gone.
std::string absolutePath(const std::string& field, const std::string& path);

KONTEXT_END_NAMESPACE
