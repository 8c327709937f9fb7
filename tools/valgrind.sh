#!/usr/bin/env bash
# valgrind: run the unit tests, and the fault tests that do not depend on timing, under memcheck
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

memcheck=(valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite
    --errors-for-leak-kinds=definite --num-callers=30)
# The other fault tests depend on timing, and everything takes about thirty times as long here. Also left out: tests with an
# allocator of their own, which memcheck replaces; and a child forked from a thread, because nothing in the child refers to
# that thread's memory any more.
declare -A filters=([unit]='*-Secret.Wipes*:AppendWiping.*:*ForkedWhile*'
    [faults]='*MalformedResponses.*:SecretsStayIn.*:Faults/Tls.*-*ManyLevels*')
failed=()
need "${library[@]}" "${emulator[@]}" "${tests[@]}" valgrind
build dev kontext_unit_tests kontext_faults_tests
for program in "${!filters[@]}"; do
    "${memcheck[@]}" "build/dev/tests/kontext_${program}_tests" --gtest_brief=1 --gtest_filter="${filters[$program]}" ||
        failed+=("$program")
done
if ((${#failed[@]} > 0)); then die "valgrind found errors: ${failed[*]}"; fi
