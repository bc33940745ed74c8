import {
  again,
  load,
  sayNext,
  sizeArgument
} from "./chunk-ZAWMQZYR.js";
import {
  EXIT
} from "./chunk-T3ALY7A5.js";
import "./chunk-PHX5PZUX.js";
import {
  indexOptions
} from "./chunk-UT7EYZ27.js";
import {
  DEFAULT_LIMIT_BYTES,
  HeapgraphError,
  forTerminal,
  formatBytes,
  indexFolder,
  listIndexes,
  plural,
  prepare,
  pruneIndexes,
  saveIndex
} from "./chunk-C7L2J6IP.js";

// src/cli/index-command.ts
import { Option } from "commander";
function addIndex(context, index) {
  const { io, outcome } = context;
  index.command("build").description("write the index of a snapshot, with all that can be computed beforehand").argument("<snapshot>").action(async (file) => {
    if (file === "-") throw new HeapgraphError("USAGE", "standard input can have no index", "name a file");
    if (indexOptions(context).index === "off") {
      throw new HeapgraphError("USAGE", "there is no place for an index", "name one with --index");
    }
    const snapshot = await load(context, file);
    context.loaded.splice(0);
    prepare(snapshot);
    const written = saveIndex(snapshot, { always: true });
    if (written === void 0) {
      throw new HeapgraphError("UNREADABLE", `${file}: it can have no index`, "it must be a file that stays as it is");
    }
    io.stdout.write(`${forTerminal(written.path)}  ${formatBytes(written.bytes)}
`);
    sayNext(io, `heapgraph types ${again(file)}`);
  });
  index.command("list").description("the indexes in the cache, least recently used first").option("--json", "for programs").action((options) => {
    const folder = folderOf(context);
    const found = listIndexes(folder);
    if (options.json) {
      io.stdout.write(`${JSON.stringify(found.map(forJson), null, 2)}
`);
    } else if (found.length === 0) {
      io.stderr.write(`heapgraph: ${forTerminal(`no index in ${folder}`)}
`);
    } else io.stdout.write(listText(found));
    if (found.length === 0) outcome.exitCode = EXIT.nothingFound;
  });
  index.command("prune").description("take away indexes that cannot be used, and the least recently used above a limit").addOption(
    new Option("--limit <size>", "what the others may take together").argParser(sizeArgument).default(DEFAULT_LIMIT_BYTES, formatBytes(DEFAULT_LIMIT_BYTES))
  ).action(({ limit }) => {
    const { count, bytes } = pruneIndexes(folderOf(context), { limitBytes: limit });
    io.stdout.write(`${plural(count, "file")} removed (${formatBytes(bytes)})
`);
  });
}
function folderOf({ io }) {
  const folder = indexFolder(io.env);
  if (folder !== void 0) return folder;
  throw new HeapgraphError("USAGE", "there is no cache", "set XDG_CACHE_HOME or HOME");
}
function forJson({ path, bytes, usedMs, snapshot, state }) {
  return { path, bytes, used: new Date(usedMs).toISOString(), snapshot: snapshot ?? null, state };
}
function listText(found) {
  const rows = found.map(({ path, bytes, state, snapshot }) => {
    const what = forTerminal(snapshot ?? path);
    return `${formatBytes(bytes).padStart(9)}  ${state.padEnd(8)}  ${what}
`;
  });
  const total = found.reduce((sum, { bytes }) => sum + bytes, 0);
  return `${rows.join("")}${plural(found.length, "index", "indexes")}, ${formatBytes(total)}
`;
}
export {
  addIndex
};
