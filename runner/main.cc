#include <belay/runner.h>

int main(int argc, char** argv) { return belay::run_migrations(argc, argv); }
