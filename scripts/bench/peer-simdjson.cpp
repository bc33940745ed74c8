// Merely parses a file by simdjson's DOM parser: the floor that reading is held against. Built by peers.mjs where g++ and simdjson are.
#include <cstdio>
#include <simdjson.h>

int main(int, char **arguments) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  const auto error = parser.load(arguments[1]).get(document);
  if (error) {
    std::fprintf(stderr, "%s\n", simdjson::error_message(error));
    return 1;
  }
  std::printf("%zu strings\n", document["strings"].get_array().size());
}
