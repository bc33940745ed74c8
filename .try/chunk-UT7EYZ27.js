import {
  indexFolder
} from "./chunk-C7L2J6IP.js";

// src/cli/index-options.ts
function addIndexOptions(program) {
  program.option("--index <file>", "keep the index of the snapshot here, not in the cache").option("--no-index", "neither use nor write an index; HEAPGRAPH_NO_INDEX does the same");
}
function indexChoice({ program, io }) {
  const { index } = program.opts();
  if (index === false || index === void 0 && (io.env.HEAPGRAPH_NO_INDEX ?? "") !== "") return "off";
  return index ?? "auto";
}
function indexOptions(context) {
  const folder = indexFolder(context.io.env);
  const choice = indexChoice(context);
  return choice === "auto" && folder === void 0 ? { index: "off" } : { index: choice, indexFolder: folder };
}

export {
  addIndexOptions,
  indexChoice,
  indexOptions
};
