// The examples of the documentation are linked into this program, and none of them is run.
int main() {}
