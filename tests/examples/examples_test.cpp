// The example programs, as people start them: against an emulator, or a scripted server where the emulator cannot be
// brought into the state.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kontext/management.hpp>

#include "emulator/fixture.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"
#include "support/wire_server.hpp"

namespace {

using kontext_test::Environment;
using kontext_test::Process;
using kontext_test::Request;
using kontext_test::Response;
using kontext_test::Stage;
using kontext_test::TempDir;
using kontext_test::WireServer;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

namespace fs = std::filesystem;

constexpr const char* supportAgent = "550e8400-e29b-41d4-a716-446655440000"; // of the emulator's seed
constexpr const char* wireSecret = "s3cret-of-the-wire";

using Arguments = std::vector<std::string>;

struct Outcome {
    int status = -1;
    std::string output{};

    std::vector<std::string> lines() const {
        std::vector<std::string> out;
        std::istringstream stream(output);
        for (std::string line; std::getline(stream, line);)
            out.push_back(line);
        return out;
    }
    /// What follows the text on its line, or "".
    std::string after(const std::string& text) const {
        for (const std::string& line : lines())
            if (const std::size_t at = line.find(text); at != std::string::npos) return line.substr(at + text.size());
        return {};
    }
};

std::string pathOf(const std::string& example) { return std::string(KONTEXT_EXAMPLES_DIR) + '/' + example; }

Environment environment(const std::string& url, const kontext::Credentials& credentials) {
    return {{"KONTEXT_API_BASE_URL", url},
            {"KONTEXT_SERVICE_ACCOUNT_CLIENT_ID", credentials.clientId},
            {"KONTEXT_SERVICE_ACCOUNT_CLIENT_SECRET", std::string(credentials.clientSecret.reveal())}};
}

Environment environmentOf(const kontext_emulator::Server& server) {
    return environment(server.url(), {.clientId = server.clientId(), .clientSecret = server.clientSecret()});
}

Environment environmentOf(const WireServer& server) {
    return environment(server.url(), {.clientId = "sa_wire", .clientSecret = wireSecret});
}

/// Runs the program to its end. Unless it was asked to, it must not print a secret: neither the one that it was given
/// nor one that the server made (they tell by their beginnings).
Outcome run(Arguments command, const Environment& variables) {
    const bool mayShow = std::find(command.begin(), command.end(), "--show-secrets") != command.end();
    Process process(std::move(command), variables);
    Outcome outcome;
    outcome.status = process.wait();
    outcome.output = process.output();
    Arguments secrets = {"ory_at_"};
    if (!variables.empty()) secrets.push_back(variables.back().second);
    if (!mayShow) secrets.insert(secrets.end(), {"app_secret_", "sa_secret_"});
    for (const std::string& secret : secrets)
        EXPECT_THAT(outcome.output, Not(HasSubstr(secret)));
    return outcome;
}

Outcome runExample(const std::string& example, const Arguments& arguments, const Environment& variables) {
    Arguments command = {pathOf(example)};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run(std::move(command), variables);
}

std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

constexpr fs::perms ownerOnly = fs::perms::owner_read | fs::perms::owner_write;

fs::perms modeOf(const std::string& path) { return fs::status(path).permissions(); }

/// The file of the secret and nothing beside it, neither a temporary file.
std::size_t filesIn(const TempDir& directory) {
    const fs::directory_iterator files(fs::path(directory.path("x")).parent_path());
    return static_cast<std::size_t>(std::distance(fs::begin(files), fs::end(files)));
}

/// Method and path, without the query.
std::string route(const Request& request) {
    return request.method + ' ' + request.target.substr(0, request.target.find('?'));
}

std::vector<std::string> routes(const WireServer& server) {
    std::vector<std::string> out;
    for (const Request& request : server.requests())
        out.push_back(route(request));
    return out;
}

// All of them

TEST(EveryExample, ExitsWith2OnAnOptionThatItDoesNotKnow) {
    for (const char* example :
         {"bootstrap_application", "complete", "export_traces", "handle_every_error", "observe_spans", "offline_test",
          "report_error_rates", "rotate_secret", "sweep_idle_sessions"}) {
        const Outcome outcome = runExample(example, {"--frobnicate"}, {});
        EXPECT_EQ(outcome.status, 2) << example;
        EXPECT_THAT(outcome.output, StartsWith(std::string("usage: ") + example));
    }
}

TEST(EveryExample, NamesTheVariableThatIsMissing) {
    const TempDir directory;
    const std::vector<Arguments> commands = {
        {"bootstrap_application", "A", "B", "https://mcp.example.com", directory.path("secret")},
        {"complete"},
        {"export_traces"},
        {"handle_every_error"},
        {"observe_spans"},
        {"report_error_rates"},
        {"rotate_secret", "A", directory.path("secret")},
        {"sweep_idle_sessions"}};
    for (const Arguments& command : commands) {
        const Outcome outcome = runExample(command.front(), {command.begin() + 1, command.end()}, {});
        EXPECT_EQ(outcome.status, 1) << command.front();
        EXPECT_THAT(outcome.output, HasSubstr("KONTEXT_API_BASE_URL"));
    }
    EXPECT_EQ(filesIn(directory), 0U);
}

TEST(EveryExample, SaysWhatIsWrongWithTheCredentials) {
    const Stage stage;
    for (const char* example :
         {"complete", "export_traces", "observe_spans", "report_error_rates", "sweep_idle_sessions"}) {
        const Outcome outcome =
            runExample(example, {}, environment(stage.server.url(), {.clientId = "sa_x", .clientSecret = "not-it"}));
        EXPECT_EQ(outcome.status, 1) << example;
        EXPECT_THAT(outcome.output, HasSubstr("kontext_oauth_token_exchange_failed"));
    }
}

// complete

TEST(Complete, PrintsTheAttachedIdsLastAndLeavesNothingBehind) {
    const Stage stage({.seed = true});
    const Outcome outcome = runExample("complete", {}, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    const std::string applicationId = outcome.after("App created: ");
    const std::string integrationId = outcome.after("Integration created: ");
    ASSERT_FALSE(applicationId.empty() || integrationId.empty()) << outcome.output;
    EXPECT_EQ(outcome.lines().back(), "Attached integrations: " + integrationId);
    EXPECT_THROW(stage.client.applications.get(applicationId), kontext::NotFoundError);
    EXPECT_THROW(stage.client.integrations.get(integrationId), kontext::NotFoundError);
    EXPECT_THAT(stage.client.applications.list().items, SizeIs(2)) << "those of the seed";
    EXPECT_THAT(stage.client.integrations.list().items, SizeIs(2));
}

TEST(Complete, ShowsTheSecretOnlyIfItIsAskedTo) {
    const Stage stage;
    EXPECT_EQ(runExample("complete", {}, environmentOf(stage.server)).after("Client secret: "),
              "(received; --show-secrets prints it)");
    const Outcome outcome = runExample("complete", {"--show-secrets"}, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_THAT(outcome.after("Client secret: "), StartsWith("app_secret_"));
}

/// Makes applications, and refuses to make integrations.
Response withoutIntegrations(const Request& request) {
    if (route(request) == "POST /api/v1/applications")
        return Response::json(R"({"application":{"id":"app-1","name":"A"},"oauth":{"clientSecret":"app_secret_1"}})");
    if (route(request) == "POST /api/v1/integrations")
        return {.status = 422, .body = R"({"message":"the url is not reachable"})"};
    return {.status = 204};
}

TEST(Complete, CleansUpWhenAStepFails) {
    WireServer server;
    server.on(withoutIntegrations);
    const Outcome outcome = runExample("complete", {}, environmentOf(server));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.output, HasSubstr("422"));
    EXPECT_THAT(outcome.output, HasSubstr("the url is not reachable"));
    EXPECT_THAT(outcome.output, HasSubstr("Archived application: app-1"));
    EXPECT_THAT(routes(server), ElementsAre("POST /api/v1/applications", "POST /api/v1/integrations",
                                            "DELETE /api/v1/applications/app-1"));
}

TEST(Complete, SaysWhatItCouldNotCleanUp) {
    WireServer server;
    server.on([](const Request& request) {
        return request.method == "DELETE" ? Response{.status = 403, .body = R"({"message":"not you"})"}
                                          : withoutIntegrations(request);
    });
    const Outcome outcome = runExample("complete", {}, environmentOf(server));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.output, HasSubstr("Please archive the application app-1 by hand"));
}

// bootstrap_application

const Arguments bootstrap(const std::string& secretFile, const std::string& url = "https://mcp.example.com/mcp") {
    return {"My AI App", "GitHub", url, secretFile};
}

TEST(BootstrapApplication, ChangesNothingTheSecondTime) {
    const Stage stage;
    const TempDir directory;
    const std::string file = directory.path("secret");
    const Outcome first = runExample("bootstrap_application", bootstrap(file), environmentOf(stage.server));
    EXPECT_EQ(first.status, 0) << first.output;
    const std::string applicationId = first.after("Application created: ");
    const std::string integrationId = first.after("Integration created: ");
    EXPECT_THAT(stage.client.applications.listIntegrations(applicationId).integrationIds, ElementsAre(integrationId));
    const std::string secret = contents(file);
    EXPECT_THAT(secret, StartsWith("app_secret_"));
    EXPECT_EQ(modeOf(file), ownerOnly);
    EXPECT_EQ(filesIn(directory), 1U);

    const auto before = stage.client.integrations.get(integrationId).integration.updatedAt;
    const Outcome second = runExample("bootstrap_application", bootstrap(file), environmentOf(stage.server));
    EXPECT_EQ(second.status, 0) << second.output;
    EXPECT_EQ(second.after("Application found: "), applicationId);
    EXPECT_EQ(second.after("Integration found: "), integrationId);
    EXPECT_EQ(contents(file), secret);
    EXPECT_THAT(stage.client.applications.list().items, SizeIs(1));
    EXPECT_THAT(stage.client.integrations.list().items, SizeIs(1));
    EXPECT_EQ(stage.client.integrations.get(integrationId).integration.updatedAt, before);
    EXPECT_THAT(stage.client.applications.listIntegrations(applicationId).integrationIds, ElementsAre(integrationId));
}

TEST(BootstrapApplication, BringsWhatIsThereIntoShape) {
    const Stage stage;
    const TempDir directory;
    const std::string applicationId = stage.newApplication("My AI App").id;
    const std::string integrationId = stage.newIntegration("GitHub").id;
    const Outcome outcome =
        runExample("bootstrap_application", bootstrap(directory.path("secret"), "https://elsewhere.example.com/mcp"),
                   environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_EQ(outcome.after("Attached: "), integrationId + " to " + applicationId);
    EXPECT_EQ(stage.client.integrations.get(integrationId).integration.url, "https://elsewhere.example.com/mcp");
    EXPECT_THAT(stage.client.applications.listIntegrations(applicationId).integrationIds, ElementsAre(integrationId));
    EXPECT_THAT(outcome.output, HasSubstr("rotateSecret makes a new one")) << "whether to do so is for people to say";
    EXPECT_EQ(filesIn(directory), 0U);
}

TEST(BootstrapApplication, ShowsTheSecretIfItIsAskedTo) {
    const Stage stage;
    const TempDir directory;
    Arguments arguments = bootstrap(directory.path("secret"));
    arguments.insert(arguments.begin(), "--show-secrets");
    const Outcome outcome = runExample("bootstrap_application", arguments, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("Client secret: " + contents(directory.path("secret"))));
}

TEST(BootstrapApplication, CreatesNothingIfTheSecretHasNoPlaceToGo) {
    const Stage stage;
    const TempDir directory;
    for (const std::string& file : {directory.path("missing/secret"), directory.path("")}) {
        const Outcome outcome = runExample("bootstrap_application", bootstrap(file), environmentOf(stage.server));
        EXPECT_EQ(outcome.status, 1);
        EXPECT_THAT(outcome.output, HasSubstr(file));
    }
    EXPECT_THAT(stage.client.applications.list().items, IsEmpty());
}

TEST(BootstrapApplication, UsesWhatAnotherRunCreatedMeanwhile) {
    WireServer server;
    const TempDir directory;
    bool taken = false; // one request at a time
    server.on([&taken](const Request& request) -> Response {
        const std::string asked = route(request);
        if (asked == "GET /api/v1/applications")
            return Response::json(taken ? R"({"items":[{"id":"app-1","name":"My AI App"}]})" : R"({"items":[]})");
        if (asked == "POST /api/v1/applications") {
            taken = true;
            return {.status = 409, .body = R"({"message":"the name is taken"})"};
        }
        if (asked == "GET /api/v1/integrations")
            return Response::json(R"({"items":[{"id":"int-1","name":"GitHub","url":"https://mcp.example.com/mcp"}]})");
        if (asked == "GET /api/v1/applications/app-1/integrations") return Response::json(R"({"integrationIds":[]})");
        return {.status = 204};
    });
    const Outcome outcome =
        runExample("bootstrap_application", bootstrap(directory.path("secret")), environmentOf(server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_EQ(outcome.after("Application found: "), "app-1");
    EXPECT_EQ(routes(server).back(), "POST /api/v1/applications/app-1/integrations/int-1");
    EXPECT_EQ(filesIn(directory), 0U);
}

// rotate_secret

bool logsIn(const Stage& stage, const kontext::Credentials& credentials) {
    kontext::ClientConfig config = kontext_test::configFor(stage.server);
    config.credentials = credentials;
    try {
        kontext::KontextManagementClient(config).refreshToken();
        return true;
    } catch (const kontext::OAuthError&) {
        return false;
    }
}

TEST(RotateSecret, WritesASecretThatLogsIn) {
    const Stage stage;
    const TempDir directory;
    const std::string file = directory.file("secret", "an older one, which everybody could read");
    fs::permissions(file, fs::perms::owner_all | fs::perms::others_read);
    const auto [account, old] = stage.client.serviceAccounts.create({.name = "CI Pipeline"});
    const Outcome outcome = runExample("rotate_secret", {"CI Pipeline", file}, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("Verified"));
    EXPECT_THAT(outcome.output, Not(HasSubstr("Adopted"))) << "it is another program's account";
    EXPECT_THAT(outcome.after("Last used: "), EndsWith("Z"));
    EXPECT_EQ(modeOf(file), ownerOnly);
    EXPECT_EQ(filesIn(directory), 1U);
    EXPECT_TRUE(logsIn(stage, {.clientId = old.clientId, .clientSecret = contents(file)}));
    EXPECT_FALSE(logsIn(stage, old));
}

TEST(RotateSecret, LetsThoseReadTheNewFileWhoCouldReadTheOldOne) {
    const Stage stage;
    const TempDir directory;
    const std::string file = directory.file("secret", "an older one, which a group could read");
    fs::permissions(file, ownerOnly | fs::perms::group_read | fs::perms::others_read);
    const bool mayGiveAway = geteuid() == 0;
    if (mayGiveAway) {
        ASSERT_EQ(chown(file.c_str(), 4001, 4002), 0);
    }
    stage.client.serviceAccounts.create({.name = "CI Pipeline"});
    const Outcome outcome = runExample("rotate_secret", {"CI Pipeline", file}, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_THAT(contents(file), StartsWith("sa_secret_"));
    EXPECT_EQ(modeOf(file), ownerOnly | fs::perms::group_read);
    struct stat now {};
    ASSERT_EQ(stat(file.c_str(), &now), 0);
    EXPECT_EQ(now.st_uid, mayGiveAway ? 4001U : geteuid());
    EXPECT_EQ(now.st_gid, mayGiveAway ? 4002U : getegid());
}

TEST(RotateSecret, WritesToTheFileThatALinkNames) {
    const Stage stage;
    const TempDir directory;
    const std::string file = directory.file("secret", "an older one");
    const std::string link = directory.path("link");
    fs::create_symlink("secret", link);
    stage.client.serviceAccounts.create({.name = "CI Pipeline"});
    const Outcome outcome = runExample("rotate_secret", {"CI Pipeline", link}, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_THAT(contents(file), StartsWith("sa_secret_"));
    EXPECT_EQ(filesIn(directory), 2U);
}

TEST(RotateSecret, GoesOnWithTheNewSecretOfItsOwnAccount) {
    const Stage stage;
    const TempDir directory;
    const auto [account, own] = stage.client.serviceAccounts.create({.name = "CI Pipeline"});
    stage.client.serviceAccounts.create({.name = "Another"});
    const Outcome outcome =
        runExample("rotate_secret", {account.id, directory.path("secret")}, environment(stage.server.url(), own));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("Adopted"));
    EXPECT_TRUE(logsIn(stage, {.clientId = own.clientId, .clientSecret = contents(directory.path("secret"))}));
}

TEST(RotateSecret, ShowsTheSecretIfItIsAskedTo) {
    const Stage stage;
    const TempDir directory;
    stage.client.serviceAccounts.create({.name = "CI Pipeline"});
    const std::string file = directory.path("secret");
    const Outcome outcome =
        runExample("rotate_secret", {"CI Pipeline", file, "--show-secrets"}, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_EQ(outcome.after("Client secret: "), contents(file));
}

TEST(RotateSecret, RotatesNothingIfTheNewSecretHasNoPlaceToGo) {
    const Stage stage;
    const TempDir directory;
    const auto [account, old] = stage.client.serviceAccounts.create({.name = "CI Pipeline"});
    for (const std::string& file : {directory.path("missing/secret"), directory.path("")})
        EXPECT_EQ(runExample("rotate_secret", {"CI Pipeline", file}, environmentOf(stage.server)).status, 1);
    EXPECT_TRUE(logsIn(stage, old));
}

TEST(RotateSecret, SaysThatThereIsNoSuchAccount) {
    const Stage stage;
    const TempDir directory;
    const Outcome outcome =
        runExample("rotate_secret", {"Nobody", directory.path("secret")}, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.output, HasSubstr("There is no service account Nobody"));
    EXPECT_EQ(filesIn(directory), 0U);
}

TEST(RotateSecret, KeepsTheSecretThoughItCannotBeVerified) {
    WireServer server;
    const TempDir directory;
    server.token(Response::json(R"({"access_token":"t","expires_in":3600,"token_type":"bearer"})"))
        .token({.status = 401, .body = R"({"error":"invalid_client"})"});
    server.respond(Response::json(R"({"items":[{"id":"1","name":"CI"}]})"))
        .respond(Response::json(R"({"credentials":{"clientId":"sa_1","clientSecret":"sa_secret_minted"}})"));
    const Outcome outcome = runExample("rotate_secret", {"CI", directory.path("secret")}, environmentOf(server));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.output, HasSubstr("kontext_oauth_token_exchange_failed"));
    EXPECT_EQ(contents(directory.path("secret")), "sa_secret_minted");
}

// sweep_idle_sessions

TEST(SweepIdleSessions, KeepsApplicationsThatAreInUse) {
    const Stage stage({.seed = true});
    const auto before = stage.client.agentSessions.list(supportAgent).items.size();
    const Outcome outcome = runExample("sweep_idle_sessions", {}, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("kept: 1 of 3 live sessions in use"));
    EXPECT_EQ(outcome.lines().back(), "Ended 0 sessions");
    EXPECT_EQ(stage.client.agentSessions.list(supportAgent).items.size(), before);
}

/// Applications whose names are their ids, with sessions of these statuses.
class Sessions {
public:
    struct Application {
        std::string id{};
        std::vector<std::string> statuses{};
    };
    struct Answers {
        Response revoked = Response::json(R"({"success":true,"disconnectedCount":2})");
        std::string withOwnAnswer{}; // whose sessions are listed with `listed`
        Response listed{};
    };
    Sessions(std::initializer_list<Application> applications) : Sessions(applications, Answers{}) {}
    Sessions(std::initializer_list<Application> applications, Answers answers)
        : applications_(applications), answers_(std::move(answers)) {
        server.on([this](const Request& request) { return answer(request); });
    }

private:
    const std::vector<Application> applications_;
    const Answers answers_;

public:
    WireServer server{}; // goes first: its threads use the rest

private:
    Response answer(const Request& request) const {
        if (request.method == "DELETE") return answers_.revoked;
        if (route(request) == "GET /api/v1/applications") {
            std::string items;
            for (const auto& [id, statuses] : applications_)
                items.append(items.empty() ? "" : ",").append(R"({"id":")" + id + R"(","name":")" + id + R"("})");
            return Response::json(R"({"items":[)" + items + "]}");
        }
        for (const auto& [id, statuses] : applications_) {
            if (route(request) != "GET /api/v1/applications/" + id + "/sessions") continue;
            if (id == answers_.withOwnAnswer) return answers_.listed;
            std::string items;
            for (const std::string& status : statuses)
                items.append(items.empty() ? "" : ",").append(R"({"id":"s","derivedStatus":")" + status + R"("})");
            return Response::json(R"({"items":[)" + items + "]}");
        }
        return {.status = 500};
    }
};

std::vector<std::string> sweeps(const WireServer& server) {
    std::vector<std::string> out;
    for (const std::string& each : routes(server))
        if (each.starts_with("DELETE ")) out.push_back(each);
    return out;
}

TEST(SweepIdleSessions, EndsThoseOfApplicationsThatNobodyUses) {
    const Sessions sessions{{"unused", {"idle", "expired"}},
                            {"used", {"idle", "active"}},
                            {"puzzling", {"idle", "of_a_later_version"}},
                            {"empty", {}},
                            {"crowded", std::vector<std::string>(200, "idle")}};
    const Outcome outcome = runExample("sweep_idle_sessions", {}, environmentOf(sessions.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_THAT(sweeps(sessions.server), ElementsAre("DELETE /api/v1/applications/unused/sessions"));
    EXPECT_EQ(outcome.lines().back(), "Ended 2 sessions");
    EXPECT_THAT(outcome.output, HasSubstr("too many sessions to see them all"));
}

TEST(SweepIdleSessions, OnlySaysSoInADryRun) {
    const Sessions sessions{{"unused", {"idle", "expired"}}};
    const Outcome outcome = runExample("sweep_idle_sessions", {"--dry-run"}, environmentOf(sessions.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_THAT(sweeps(sessions.server), IsEmpty());
    EXPECT_EQ(outcome.lines().back(), "Would end 2 sessions");
}

TEST(SweepIdleSessions, GoesOnBehindAnApplicationThatFails) {
    const Sessions sessions(
        {{"forbidden", {}}, {"unused", {"idle"}}},
        {.withOwnAnswer = "forbidden", .listed = {.status = 403, .body = R"({"message":"not you"})"}});
    const Outcome outcome = runExample("sweep_idle_sessions", {}, environmentOf(sessions.server));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.output, HasSubstr("not you"));
    EXPECT_THAT(sweeps(sessions.server), ElementsAre("DELETE /api/v1/applications/unused/sessions"));
}

TEST(SweepIdleSessions, TakesNoNoteOfAnApplicationThatIsGone) {
    const Sessions sessions(
        {{"archived", {}}, {"unused", {"idle"}}},
        {.withOwnAnswer = "archived", .listed = {.status = 404, .body = R"({"message":"Application not found"})"}});
    EXPECT_EQ(runExample("sweep_idle_sessions", {}, environmentOf(sessions.server)).status, 0);
    EXPECT_THAT(sweeps(sessions.server), SizeIs(1));
}

TEST(SweepIdleSessions, FailsIfTheServerSaysThatItDidNotWork) {
    const Sessions sessions({{"unused", {"idle"}}},
                            {.revoked = Response::json(R"({"success":false,"disconnectedCount":0})")});
    const Outcome outcome = runExample("sweep_idle_sessions", {}, environmentOf(sessions.server));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.output, HasSubstr("NOT swept"));
}

// report_error_rates

/// The fields of each line but the first, without their white space.
std::vector<Arguments> rows(const Outcome& outcome) {
    std::vector<Arguments> out;
    for (const std::string& line : outcome.lines()) {
        std::istringstream words(line);
        out.push_back({std::istream_iterator<std::string>(words), {}});
    }
    if (!out.empty()) out.erase(out.begin());
    return out;
}

TEST(ReportErrorRates, PutsTheWorstToolFirst) {
    const Stage stage({.seed = true});
    const Outcome outcome = runExample("report_error_rates", {}, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_THAT(rows(outcome),
                ElementsAre(ElementsAre("read_file", "2", "1", "0", "0", "1", "50.0", "%"),
                            ElementsAre("create_issue", "4", "0", "1", "0", "0", "25.0", "%"),
                            ElementsAre("search_issues", "5", "0", "0", "1", "0", "20.0", "%"),
                            ElementsAre("all", "of", "3", "traces", "11", "1", "1", "1", "1", "27.3", "%")));
}

TEST(ReportErrorRates, LooksAtAsManyTracesAsItIsTold) {
    const Stage stage({.seed = true});
    const Outcome outcome = runExample("report_error_rates", {"--max-traces", "1"}, environmentOf(stage.server));
    EXPECT_THAT(outcome.lines().back(), StartsWith("all of 1 traces"));
    EXPECT_THAT(outcome.lines().back(), EndsWith(" 0.0 %"));
    for (const char* count : {"0", "-1", "many", "3x", ""})
        EXPECT_EQ(runExample("report_error_rates", {"--max-traces", count}, {}).status, 2) << count;
}

TEST(ReportErrorRates, HasAnEmptyTableWithoutTraces) {
    const Stage stage;
    const Outcome outcome = runExample("report_error_rates", {}, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_THAT(rows(outcome), ElementsAre(Contains("traces")));
}

TEST(ReportErrorRates, CountsAnErrorOfALaterVersion) {
    WireServer server;
    server.respond(Response::json(R"({"items":[{"traceId":"t"}]})"))
        .respond(Response::json(R"({"trace":{"traceId":"t"},"events":[{"id":"1","toolName":"x","status":"error_new"},)"
                                R"({"id":"2","toolName":"x","status":"ok"},{"id":"3","status":"error_proxy"}]})"));
    const Outcome outcome = runExample("report_error_rates", {}, environmentOf(server));
    EXPECT_THAT(rows(outcome), Contains(ElementsAre("x", "2", "0", "0", "0", "0", "50.0", "%")));
}

// export_traces

/// The trace ids of the JSON lines.
std::vector<std::string> exported(const Outcome& outcome) {
    std::vector<std::string> out;
    for (const std::string& line : outcome.lines()) {
        if (!line.starts_with("{")) continue;
        EXPECT_THAT(line, EndsWith("}"));
        const std::string before = R"("traceId":")";
        const std::size_t from = line.find(before) + before.size();
        out.push_back(line.substr(from, line.find('"', from) - from));
    }
    return out;
}

std::vector<std::string> traceIds(const Stage& stage) {
    std::vector<std::string> out;
    for (const kontext::Trace& trace : stage.client.traces.listAll())
        out.push_back(trace.traceId);
    return out;
}

TEST(ExportTraces, WritesALineForEachTrace) {
    const Stage stage({.seed = true});
    const Outcome outcome = runExample("export_traces", {}, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_EQ(exported(outcome), traceIds(stage));
    EXPECT_THAT(outcome.output, HasSubstr(R"("agentName":"Support Agent")"));
    EXPECT_EQ(outcome.lines().back(), "3 traces; done");
}

TEST(ExportTraces, ResumesAtTheCursorThatItPrinted) {
    const Stage stage({.seed = true});
    const Outcome whole = runExample("export_traces", {"--page-size", "1"}, environmentOf(stage.server));
    EXPECT_EQ(exported(whole), traceIds(stage));
    std::string cursor = whole.after("1 traces; resume with --cursor '");
    ASSERT_THAT(cursor, EndsWith("'")) << whole.output;
    cursor.pop_back();
    const Outcome rest = runExample("export_traces", {"--cursor", cursor}, environmentOf(stage.server));
    EXPECT_EQ(rest.status, 0) << rest.output;
    std::vector<std::string> wanted = traceIds(stage);
    wanted.erase(wanted.begin());
    EXPECT_EQ(exported(rest), wanted);
}

TEST(ExportTraces, SaysWhereToGoOnAfterAFailure) {
    WireServer server;
    server.respond(Response::json(R"({"items":[{"traceId":"t1"}],"nextCursor":"c2"})"))
        .respond({.status = 403, .body = R"({"message":"not any more"})"});
    const Outcome outcome = runExample("export_traces", {}, environmentOf(server));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(exported(outcome), ElementsAre("t1"));
    EXPECT_THAT(outcome.output, HasSubstr("not any more"));
    EXPECT_EQ(outcome.lines().back(), "Stopped after 1 traces; resume with --cursor 'c2'");
}

TEST(ExportTraces, DoesNotPassOverAPageThatItCouldNotWrite) {
    const Stage stage({.seed = true});
    const std::string command = pathOf("export_traces") + " --page-size 1 ";
    const Outcome first = run({"/bin/sh", "-c", command + ">/dev/full"}, environmentOf(stage.server));
    EXPECT_EQ(first.status, 1);
    EXPECT_EQ(first.lines().back(), "Stopped after 0 traces; start again");

    const std::string cursor = stage.client.traces.list({.limit = 1}).nextCursor.value();
    const Outcome second =
        run({"/bin/sh", "-c", command + "--cursor '" + cursor + "' >/dev/full"}, environmentOf(stage.server));
    EXPECT_EQ(second.status, 1);
    EXPECT_EQ(second.lines().back(), "Stopped after 0 traces; resume with --cursor '" + cursor + "'");
}

TEST(ExportTraces, RefusesArgumentsThatMakeNoSense) {
    for (const Arguments& arguments :
         {Arguments{"--cursor"}, {"--cursor", ""}, {"--page-size", "0"}, {"--page-size", "5x"}, {"stray"}})
        EXPECT_EQ(runExample("export_traces", arguments, {}).status, 2) << arguments.front();
}

// handle_every_error

TEST(HandleEveryError, ExplainsWhatItProvokes) {
    // So slow that a millisecond is never enough.
    const Stage stage({.latency = std::chrono::milliseconds(20), .seed = true});
    const Outcome outcome = runExample("handle_every_error", {}, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_THAT(outcome.output, Not(HasSubstr("no error")));
    EXPECT_THAT(outcome.output, Not(HasSubstr("not the secret")));
    std::vector<std::string> explained;
    for (const std::string& line : outcome.lines())
        if (const std::string mark = "  -> "; line.starts_with(mark))
            explained.push_back(line.substr(mark.size(), line.find(':') - mark.size()));
    EXPECT_THAT(explained,
                ElementsAre("NotFoundError", "BadRequestError", "OAuthError invalid_client", "NetworkError at connect",
                            "TimeoutError", "CancelledError", "ConfigError", "ConfigError"));
    EXPECT_THAT(stage.client.applications.list().items, SizeIs(2)) << "nothing was changed";
}

TEST(HandleEveryError, HasARungForEachAnswer) {
    struct Case {
        Response response{};
        std::string explained{};
    };
    const std::vector<Case> cases = {
        {{.status = 401}, "UnauthorizedError: "},
        {{.status = 403, .body = R"({"missingScopes":["management:all"]})"},
         "ForbiddenError: the account may not do this; missing scopes: management:all"},
        {{.status = 409}, "ConflictError: "},
        {{.status = 412}, "PreconditionFailedError: "},
        {{.status = 422}, "UnprocessableEntityError: "},
        {{.status = 429, .headers = {{"Retry-After", "100"}}},
         "RateLimitError: it was waited for already; go on in 100 s"},
        {{.status = 501, .headers = {{"x-request-id", "req_7"}}}, "ServerError: "},
        {{.status = 302, .headers = {{"Location", "https://elsewhere.example.com/"}}}, "HttpError: status 302"},
        {Response::json(R"({"items":)"), "DecodeError at ''"},
    };
    for (const Case& one : cases) {
        WireServer server;
        server.respond(one.response);
        const Outcome outcome = runExample("handle_every_error", {}, environmentOf(server));
        EXPECT_EQ(outcome.status, 0) << outcome.output;
        EXPECT_THAT(outcome.output, HasSubstr("  -> " + one.explained));
    }
}

// offline_test

TEST(OfflineTest, NeedsNoServer) {
    const Outcome outcome = runExample("offline_test", {}, {});
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("  ok: it archived them"));
    EXPECT_THAT(outcome.output, Not(HasSubstr("FAILED")));
}

// observe_spans

TEST(ObserveSpans, PutsEachAttemptBelowTheWorkThatItBelongsTo) {
    const Stage stage({.seed = true});
    const Outcome outcome = runExample("observe_spans", {}, environmentOf(stage.server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    const auto lines = outcome.lines();
    EXPECT_THAT(lines, Contains(StartsWith("span 2 in 1: POST token, ")));
    EXPECT_THAT(lines, Contains(StartsWith("span 3 in 1: GET /applications, ")));
    EXPECT_THAT(lines, Contains(StartsWith("span 5 in 4: GET /applications/{id}/integrations, ")));
    EXPECT_THAT(lines, Contains(StartsWith("span 4 in 1: check an application, ")));
    EXPECT_THAT(lines, Contains("    http.request.method=GET"));
    EXPECT_THAT(lines, Contains("    url.template=/applications/{id}/integrations"));
    EXPECT_THAT(lines, Contains("    http.response.status_code=404"));
    EXPECT_THAT(lines, Contains("    error.type=404"));
    EXPECT_THAT(lines, Contains(StartsWith("    kontext.request_id=req_")));
    EXPECT_THAT(lines.back(), StartsWith("span 1 in 0: nightly check, "));
    EXPECT_THAT(outcome.output, Not(HasSubstr(supportAgent))) << "spans hold no ids of resources";
}

TEST(ObserveSpans, CountsTheResends) {
    WireServer server;
    server.respond({.status = 401}).respond(Response::json(R"({"items":[]})")).respond({.status = 404});
    const Outcome outcome = runExample("observe_spans", {}, environmentOf(server));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    EXPECT_THAT(outcome.lines(), Contains("    error.type=401"));
    EXPECT_THAT(outcome.lines(), Contains("    kontext.retry=status 401, with a new token"));
    EXPECT_THAT(outcome.lines(), Contains("    http.request.resend_count=1"));
}

} // namespace
