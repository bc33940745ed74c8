// src/cli/io.ts
var EXIT = { answered: 0, nothingFound: 1, misuse: 2 };

export {
  EXIT
};
