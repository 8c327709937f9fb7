#include "json/padding.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace kontext::padding_test {
namespace {

using testing::ElementsAre;

/// Writes the events down, and stops at the string "stop".
class Recorder : public nlohmann::json_sax<nlohmann::json> {
public:
    std::vector<std::string> events{};

    bool null() override { return note("null"); }
    bool boolean(bool value) override { return note(value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override { return note("integer " + std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return note("unsigned " + std::to_string(value)); }
    bool number_float(number_float_t, const string_t& token) override { return note("float " + token); }
    bool string(string_t& value) override { return note("string " + value) && value != "stop"; }
    bool binary(binary_t&) override { return note("binary"); }
    bool start_object(std::size_t) override { return note("{"); }
    bool key(string_t& name) override { return note("key " + name); }
    bool end_object() override { return note("}"); }
    bool start_array(std::size_t) override { return note("["); }
    bool end_array() override { return note("]"); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        note("error at " + std::to_string(position));
        return false;
    }

private:
    bool note(std::string event) {
        events.push_back(std::move(event));
        return true;
    }
};

TEST(Padding, HandsOnTheEventsOfTheTextAlone) {
    for (const std::string text :
         {"null", "true", "-1", "1", "1.5", R"("x")", "[]", "{}", R"([1,[2,{"a":null}],"x",-3,2.5])",
          R"({"a":{"b":[true,"c",[]]},"d":"e"})", " \n[ 1 ] "}) {
        Recorder direct;
        Recorder padded;
        EXPECT_TRUE(nlohmann::json::sax_parse(text, &direct));
        EXPECT_TRUE(json::parsePadded(text, padded)) << text;
        EXPECT_EQ(padded.events, direct.events) << text;
    }
}

TEST(Padding, HandsOnNothingOnceTheHandlerHasStopped) {
    Recorder recorder;
    EXPECT_FALSE(json::parsePadded(R"({"a":["stop",1,{"b":"c"}],"d":null})", recorder));
    EXPECT_THAT(recorder.events, ElementsAre("{", "key a", "[", "string stop"));
}

TEST(Padding, RefusesATextThatIsNotOneValue) {
    for (const std::string text : {"", "1,2", "1,[2]", "1],[2", "1]", "{"}) {
        Recorder recorder;
        EXPECT_FALSE(json::parsePadded(text, recorder)) << text;
    }
}

TEST(Padding, SaysAtWhichByteOfTheTextItIsNoJson) {
    for (const std::string text : {"[1,x]", R"({"a" 1})", "{\"a\":\"\n\"}"}) {
        Recorder direct;
        Recorder padded;
        EXPECT_FALSE(nlohmann::json::sax_parse(text, &direct));
        EXPECT_FALSE(json::parsePadded(text, padded));
        EXPECT_EQ(padded.events, direct.events) << text;
    }
}

} // namespace
} // namespace kontext::padding_test
