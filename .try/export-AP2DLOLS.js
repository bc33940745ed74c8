import {
  again,
  load,
  sayNext
} from "./chunk-ZAWMQZYR.js";
import "./chunk-T3ALY7A5.js";
import {
  outputFile,
  writeAnswer
} from "./chunk-PHX5PZUX.js";
import "./chunk-UT7EYZ27.js";
import {
  HeapgraphError,
  forTerminal,
  plural,
  tableOf,
  toCsv,
  toNdjson,
  toParquet
} from "./chunk-C7L2J6IP.js";

// src/cli/export.ts
import { extname } from "node:path";
import { Option } from "commander";
var TABLES = ["nodes", "edges"];
var FORMATS = ["ndjson", "csv", "parquet"];
var FORMAT_OF_ENDING = {
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".csv": "csv",
  ".parquet": "parquet"
};
var WRITERS = {
  ndjson: toNdjson,
  csv: toCsv,
  parquet: toParquet
};
function addExport(context, command) {
  const { io } = context;
  command.argument("<snapshot>").addOption(new Option("--table <name>", "what a row is").choices(TABLES).default("nodes")).option("-o, --output <file>", "write to a file; its ending chooses the form").addOption(new Option("--format <form>", "form of the table").choices(FORMATS)).action(async (file, options) => {
    const format = formatFor(options, io.stdout);
    const table = tableOf(await load(context, file), options.table);
    const toFile = await writeAnswer(io, options, await WRITERS[format](table));
    if (toFile) {
      const told = `${table.name} written to ${options.output} (${plural(table.rowCount, "row")})`;
      io.stderr.write(`${forTerminal(told)}
`);
    }
    sayNext(io, `heapgraph types ${again(file)}`);
  });
}
function formatFor(options, stdout) {
  const output = outputFile(options);
  const format = options.format ?? (output === void 0 ? "ndjson" : formatOfFile(output));
  if (output !== void 0) return format;
  if (format === "parquet") {
    throw new HeapgraphError("USAGE", "Parquet is not for standard output", "name a file with -o");
  }
  if (format === "csv" && stdout.isTTY) {
    const why = "CSV has names as they are in the heap, and a terminal would obey what is written in them";
    throw new HeapgraphError("USAGE", why, "name a file with -o, send it through a pipe, or use --format ndjson");
  }
  return format;
}
function formatOfFile(output) {
  const ending = extname(output).toLowerCase();
  const format = FORMAT_OF_ENDING[ending];
  if (format !== void 0) return format;
  const what = ending === "" ? "no format is known without an ending" : `no format is known for the ending "${ending}"`;
  const known = Object.keys(FORMAT_OF_ENDING).join(" ");
  throw new HeapgraphError("USAGE", `${output}: ${what}`, `use one of ${known}, or --format`);
}
export {
  addExport
};
