// For tests of what a user may not do, as root may do all.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <system_error>

#include <unistd.h>

namespace kontext_test {

/// Whoever runs the tests is no root for the time of the object, and owns these files. They stay the ordinary user's.
class OrdinaryUser {
public:
    explicit OrdinaryUser(std::initializer_list<std::string> files) : wasRoot_(geteuid() == 0) {
        if (!wasRoot_) return;
        for (const std::string& file : files)
            if (chown(file.c_str(), nobody, static_cast<gid_t>(-1)) != 0) fail("chown " + file);
        if (seteuid(nobody) != 0) fail("seteuid");
    }
    ~OrdinaryUser() {
        if (wasRoot_ && seteuid(0) != 0) std::abort(); // the next test would be somebody else
    }
    OrdinaryUser(const OrdinaryUser&) = delete;
    OrdinaryUser& operator=(const OrdinaryUser&) = delete;

private:
    static constexpr uid_t nobody = 65534;

    [[noreturn]] static void fail(const std::string& what) {
        throw std::system_error(errno, std::generic_category(), what);
    }

    bool wasRoot_;
};

} // namespace kontext_test
