import {
  indexChoice
} from "./chunk-UT7EYZ27.js";
import {
  HeapgraphError,
  forTerminal,
  formatBytes,
  indexFolder,
  pruneIndexes,
  saveIndex
} from "./chunk-C7L2J6IP.js";

// src/cli/keep-indexes.ts
var FROM_BYTES = 5e7;
function keepIndexes(context, open) {
  const { io, loaded } = context;
  const choice = indexChoice(context);
  const fromBytes = choice === "auto" ? FROM_BYTES : 0;
  for (const snapshot of loaded.splice(0)) {
    try {
      const written = saveIndex(snapshot, { fromBytes, ...open === void 0 ? {} : { open } });
      if (written === void 0) continue;
      if (written.isNew) {
        const told = `index written to ${written.path} (${formatBytes(written.bytes)}): the next questions are answered faster; --no-index does without`;
        io.stderr.write(`${forTerminal(told)}
`);
      }
      const folder = indexFolder(io.env);
      if (choice === "auto" && folder !== void 0) pruneIndexes(folder, { keep: written.path, limitOnly: true });
    } catch (error) {
      if (!(error instanceof HeapgraphError)) throw error;
      io.stderr.write(`${forTerminal(`heapgraph: no index is kept: ${error.message}`)}
`);
    }
  }
}
export {
  keepIndexes
};
