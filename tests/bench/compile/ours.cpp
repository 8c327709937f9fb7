// A program that calls three methods.
#include <iostream>

#include <kontext/management.hpp>

int main() {
    const kontext::KontextManagementClient client(kontext::ClientConfig::fromEnvironment());
    for (const auto& application : client.applications.list().items)
        std::cout << application.id << ' ' << application.name << '\n';
    const auto created = client.serviceAccounts.create({"deploy", "Rolls releases out"});
    std::cout << created.serviceAccount.id << ' ' << created.credentials.clientId << '\n';
    client.serviceAccounts.revoke(created.serviceAccount.id);
}
