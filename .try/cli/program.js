import {
  DEFAULT_LIMIT_BYTES,
  FLAME_LIMITS,
  HeapgraphError,
  backrefs,
  cycles,
  detached,
  detachedJson,
  detachedText,
  detachedView,
  dominators,
  flameView,
  forTerminal,
  formatBytes,
  indexFolder,
  infoJson,
  infoText,
  infoView,
  list,
  listIndexes,
  listJson,
  listText,
  listView,
  nearestTypes,
  openHeader,
  openSnapshot,
  plainPaint,
  plural,
  prepare,
  pruneIndexes,
  refs,
  saveIndex,
  select,
  shortestPaths,
  show,
  showJson,
  showText,
  showView,
  tableOf,
  toCsv,
  toDot,
  toGexf,
  toGraph,
  toGraphml,
  toJson,
  toNdjson,
  toParquet,
  toSpeedscope,
  toSvg,
  toText,
  types,
  typesJson,
  typesText,
  typesView
} from "../chunks/chunk-CDQR6GDO.js";
import "../chunks/chunk-CFUL74GT.js";

// src/cli/io.ts
var EXIT = { answered: 0, nothingFound: 1, misuse: 2 };

// src/cli/main.ts
import { Command, CommanderError } from "commander";

// src/cli/export.ts
import { extname as extname2 } from "node:path";
import { Option as Option2 } from "commander";

// src/cli/index-options.ts
var FROM_BYTES = 5e7;
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

// src/cli/options.ts
import { InvalidArgumentError, Option } from "commander";
var TABLE_FORMATS = ["text", "json"];
var GRAPH_FORMATS = ["text", "json", "dot", "svg", "gexf", "graphml"];
function withOutput(command, formats) {
  return command.option("-o, --output <file>", `write to a file; its ending chooses the form`).addOption(new Option("--format <form>", "form of the answer").choices(formats)).addOption(new Option("--json", "the same as --format json").conflicts("format"));
}
function withSelector(command) {
  return command.option("--type <name>", "objects of this type (constructor name), or /regex/").option("--id <@id>", "the object with this id of V8's", idArgument).option("--name <text>", "objects with this name: a string by its text, a function by its name; or /regex/");
}
function selectorFrom({ type, id, name }) {
  const given = [type, id, name].filter((value) => value !== void 0);
  if (given.length !== 1) {
    throw new HeapgraphError(
      "USAGE",
      `${given.length === 0 ? "nothing was" : "more than one thing was"} asked about`,
      "give one of --type, --id, --name"
    );
  }
  if (type !== void 0) return { type };
  return id !== void 0 ? { id } : { name: name ?? "" };
}
function startAndFile(first, second) {
  const id = /^@?(\d+)$/.exec(first);
  if (second === void 0) {
    if (!first.startsWith("@") || id === null) return { file: first };
    throw new HeapgraphError("USAGE", `only ${first} was given`, "name the snapshot behind it");
  }
  if (id === null) throw new HeapgraphError("USAGE", `${first} is no id`, "it must look like @12345");
  return { id: Number(id[1]), file: second };
}
function endSelector(text) {
  return /^@\d+$/.test(text) ? { id: Number(text.slice(1)) } : { type: text };
}
function selectorText(selector) {
  if ("id" in selector) return `--id @${selector.id}`;
  const [option, value] = "type" in selector ? ["--type", selector.type] : ["--name", selector.name];
  return `${option} ${shellWord(value)}`;
}
function again(file) {
  return file === "-" ? "SNAPSHOT" : shellWord(file);
}
function shellWord(text) {
  return /^[\w./@:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
function sizesOption() {
  const description = "self sizes as Chrome DevTools shows them, or as the file has them";
  return new Option("--sizes <model>", description).choices(["devtools", "raw"]).default("devtools");
}
function wholeNumber(text) {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}
function sizeArgument(text) {
  const size = /^(\d+(?:\.\d+)?) ?([kMGT]?)B?$/i.exec(text);
  if (size === null) throw new InvalidArgumentError("It must be a size, such as 10GB.");
  return Math.round(Number(size[1]) * 1e3 ** ["", "K", "M", "G", "T"].indexOf(size[2].toUpperCase()));
}
function positiveNumber(text) {
  if (!/^\d+$/.test(text) || Number(text) === 0 || !Number.isSafeInteger(Number(text)))
    throw new InvalidArgumentError("It must be a whole number above 0.");
  return Number(text);
}
function shareOption(flags, description) {
  return new Option(flags, description).argParser(percentage).default(0.01, "1 %");
}
function collect(text, earlier = []) {
  return [...earlier, text];
}
function percentage(text) {
  const value = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (!(value >= 0 && value <= 100)) throw new InvalidArgumentError("It must be a number from 0 to 100.");
  return value / 100;
}
function idArgument(text) {
  const id = /^@?(\d+)$/.exec(text);
  if (id === null) throw new InvalidArgumentError("It must look like @12345.");
  return Number(id[1]);
}

// src/cli/output.ts
import { randomBytes } from "node:crypto";
import { accessSync, constants, statSync } from "node:fs";
import { realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { setImmediate } from "node:timers/promises";
var STDOUT = "-";
var FORMAT_OF_ENDING = {
  ".txt": "text",
  ".json": "json",
  ".dot": "dot",
  ".gv": "dot",
  ".svg": "svg",
  ".gexf": "gexf",
  ".graphml": "graphml"
};
function chooseFormat({ output, format, json }, possible) {
  const asked = json ? "json" : format ?? formatOfFile(output);
  const chosen = possible.find((name) => name === asked);
  if (chosen !== void 0) return chosen;
  throw new HeapgraphError(
    "USAGE",
    `this command writes ${possible.join(", ")}, not ${asked}`,
    "choose another --format or file ending"
  );
}
function formatOfFile(output) {
  if (output === void 0 || output === STDOUT) return "text";
  if (output.toLowerCase().endsWith(".speedscope.json")) return "speedscope";
  const ending = extname(output).toLowerCase();
  const format = FORMAT_OF_ENDING[ending];
  if (format !== void 0) return format;
  const known = Object.keys(FORMAT_OF_ENDING).join(" ");
  const what = ending === "" ? "no format is known without an ending" : `no format is known for the ending "${ending}"`;
  throw new HeapgraphError("USAGE", `${output}: ${what}`, `use one of ${known}, or --format`);
}
function outputFile({ output }) {
  return output === STDOUT ? void 0 : output;
}
function checkOutput(options, inputs) {
  const output = outputFile(options);
  if (output === void 0) return;
  const found = statOf(output);
  if (found?.isDirectory()) throw notWritable(output, "EISDIR");
  if (found?.isFile() && inputs.some((input) => isSameFile(found, statOf(input)))) {
    throw new HeapgraphError("USAGE", `${output}: this is the snapshot itself`, "write to another file");
  }
  try {
    accessSync(found === void 0 || found.isFile() ? dirname(output) : output, constants.W_OK);
  } catch (error) {
    throw notWritable(output, codeOf(error));
  }
}
function isSameFile(a, b) {
  return a.dev === b?.dev && a.ino === b.ino;
}
function statOf(path) {
  try {
    return statSync(path);
  } catch {
    return void 0;
  }
}
async function writeAnswer(io, options, text) {
  const output = outputFile(options);
  if (output === void 0) {
    await writeToStream(io.stdout, typeof text === "string" ? [text] : text);
    return false;
  }
  try {
    const found = statOf(output);
    if (found !== void 0 && !found.isFile()) await writeFile(output, text);
    else await writePrivately(found === void 0 ? output : await realpath(output), text);
  } catch (error) {
    if (error instanceof HeapgraphError) throw error;
    throw notWritable(output, codeOf(error));
  }
  return true;
}
async function writeToStream(stream, chunks) {
  for (const chunk of chunks) {
    const isFull = stream.write(chunk) === false && stream.once !== void 0;
    await (isFull ? new Promise((resolve) => stream.once?.("drain", resolve)) : setImmediate());
  }
}
async function writePrivately(path, text) {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  const writing = new AbortController();
  let signal;
  const onSignal = (received) => {
    signal = received;
    writing.abort();
  };
  for (const name of ENDING_SIGNALS) process.once(name, onSignal);
  try {
    await writeFile(temporary, text, { mode: 384, flag: "wx", signal: writing.signal });
    writing.signal.throwIfAborted();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    for (const name of ENDING_SIGNALS) process.off(name, onSignal);
    if (signal !== void 0) process.kill(process.pid, signal);
  }
}
var ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
var REASONS = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder is a file",
  EISDIR: "this is a directory",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk can only be read",
  ENOSPC: "the disk is full",
  ENAMETOOLONG: "the name is too long"
};
function codeOf(error) {
  return error.code ?? String(error);
}
function notWritable(output, code) {
  return new HeapgraphError(
    "UNREADABLE",
    `${output}: cannot be written: ${REASONS[code] ?? code}`,
    "choose another place with -o"
  );
}

// src/cli/paint.ts
import { Chalk } from "chalk";
function paintFor({ stdout, env }, wanted) {
  const force = env.FORCE_COLOR ?? "";
  const isRefused = !wanted || (env.NO_COLOR ?? "") !== "" || force === "0" || force === "false";
  const isTerminal = stdout.isTTY === true && env.TERM !== "dumb";
  if (isRefused || !(isTerminal || force !== "")) return plainPaint;
  const chalk = new Chalk({ level: 1 });
  return {
    type: chalk.cyan,
    edge: chalk.yellow,
    size: chalk.green,
    mark: chalk.magenta,
    dim: chalk.dim,
    strong: chalk.bold,
    warn: chalk.yellow
  };
}

// src/cli/progress.ts
var MIN_INTERVAL_MS = 100;
var CLEAR_LINE = "\r\x1B[K";
function progressOn({ stderr }) {
  if (!stderr.isTTY) return { listener() {
  }, done() {
  } };
  let drawn = false;
  let last = Date.now();
  return {
    listener(stage, done, total) {
      const now = Date.now();
      if (now - last < MIN_INTERVAL_MS) return;
      last = now;
      drawn = true;
      const share = total === void 0 ? "" : ` ${Math.floor(100 * done / total)} %`;
      stderr.write(`${CLEAR_LINE}${stage} ${formatBytes(done)}${share}`);
    },
    done() {
      if (drawn) stderr.write(CLEAR_LINE);
      drawn = false;
    }
  };
}

// src/cli/answer.ts
async function load(context, file) {
  const progress = progressOn(context.io);
  try {
    const snapshot = await openSnapshot(file, { onProgress: progress.listener, ...indexOptions(context) });
    context.loaded.push(snapshot);
    return snapshot;
  } finally {
    progress.done();
  }
}
function paint({ io, program }, options) {
  return outputFile(options) === void 0 ? paintFor(io, program.opts().color !== false) : plainPaint;
}
async function finish({ io }, options, text, next) {
  const toFile = await writeAnswer(io, options, text);
  if (toFile) io.stderr.write(`${forTerminal(`written to ${options.output}`)}
`);
  sayNext(io, next);
}
async function finishGraph(context, options, format, answer, next) {
  const graph = toGraph(answer);
  const text = await graphText(context, options, format, graph);
  const toFile = await writeAnswer(context.io, options, text);
  if (toFile) {
    const what = format === "svg" ? "picture" : format === "dot" ? "graph" : "answer";
    const size = `${plural(graph.order, "node")}, ${plural(graph.size, "edge")}`;
    context.io.stderr.write(`${forTerminal(`${what} written to ${options.output} (${size})`)}
`);
  }
  sayNext(context.io, next);
}
function sayNext({ stderr }, command) {
  stderr.write(`next: ${forTerminal(command)}
`);
}
function graphText(context, options, format, graph) {
  if (format === "json") return toJson(graph);
  if (format === "dot") return toDot(graph);
  if (format === "svg") return toSvg(graph);
  if (format === "gexf") return toGexf(graph);
  if (format === "graphml") return toGraphml(graph);
  const columns = outputFile(options) === void 0 ? context.io.stdout.columns : void 0;
  return toText(graph, { paint: paint(context, options), ...columns === void 0 ? {} : { width: columns } });
}
function notFound(context, file, snapshot, selector) {
  const [wanted, hint] = wantedAndHint(file, snapshot, selector);
  sayNothing(context, snapshot, `object ${wanted}`, hint);
}
function sayNothing({ io, outcome }, snapshot, what, hint = "") {
  outcome.exitCode = EXIT.nothingFound;
  const { name, nodeCount, types: types2 } = snapshot;
  const searched = `${plural(nodeCount, "object")} of ${plural(types2.names.length, "type")} searched`;
  const sentence = `no ${what} in ${name} (${searched})${hint === "" ? "" : `; ${hint}`}`;
  io.stderr.write(`heapgraph: ${forTerminal(sentence)}
`);
}
function wantedAndHint(file, snapshot, selector) {
  if ("id" in selector) return [`@${selector.id}`, "ids are of one process only"];
  const lists = `heapgraph types ${again(file)} lists the types`;
  if ("name" in selector) return [`named ${selector.name}`, lists];
  const near = nearestTypes(snapshot, selector.type);
  return [`of type ${selector.type}`, near.length === 0 ? lists : `near: ${near.join(", ")}`];
}

// src/cli/export.ts
var TABLES = ["nodes", "edges"];
var FORMATS = ["ndjson", "csv", "parquet"];
var FORMAT_OF_ENDING2 = {
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
function addExport(context) {
  const { program, io } = context;
  program.command("export").description("all nodes or edges as a table for other programs: DuckDB, pandas, jq").argument("<snapshot>").addOption(new Option2("--table <name>", "what a row is").choices(TABLES).default("nodes")).option("-o, --output <file>", "write to a file; its ending chooses the form").addOption(new Option2("--format <form>", "form of the table").choices(FORMATS)).action(async (file, options) => {
    const format = formatFor(options, io.stdout);
    const table = tableOf(await load(context, file), options.table);
    const toFile = await writeAnswer(io, options, WRITERS[format](table));
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
  const format = options.format ?? (output === void 0 ? "ndjson" : formatOfFile2(output));
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
function formatOfFile2(output) {
  const ending = extname2(output).toLowerCase();
  const format = FORMAT_OF_ENDING2[ending];
  if (format !== void 0) return format;
  const what = ending === "" ? "no format is known without an ending" : `no format is known for the ending "${ending}"`;
  const known = Object.keys(FORMAT_OF_ENDING2).join(" ");
  throw new HeapgraphError("USAGE", `${output}: ${what}`, `use one of ${known}, or --format`);
}

// src/cli/graph-commands.ts
var DOMINATORS_FORMATS = [...GRAPH_FORMATS, "speedscope"];
function addGraphCommands(context) {
  const { program, outcome } = context;
  addNeighbors(context, "backrefs", "what keeps objects alive: who holds them, merged by type");
  addNeighbors(context, "refs", "what objects hold, merged by type");
  withSelector(
    withOutput(program.command("path").description("the shortest chains from a root to an object"), GRAPH_FORMATS)
  ).argument("<snapshot>").option("--to <pattern>", "end the search at objects of this type (or @id) instead of the roots").option("--count <k>", "chains shown", positiveNumber, 1).option(
    "--avoid <pattern>",
    "do not pass objects of this type, @id, or edges of this name; may be repeated",
    collect
  ).action(
    async (file, options) => {
      const format = chooseFormat(options, GRAPH_FORMATS);
      const selector = selectorFrom(options);
      const snapshot = await load(context, file);
      const target = select(snapshot, selector);
      if (target.nodes.length === 0) return notFound(context, file, snapshot, selector);
      const end = options.to === void 0 ? void 0 : endSelector(options.to);
      const from = end === void 0 ? void 0 : select(snapshot, end);
      if (end !== void 0 && from?.nodes.length === 0) return notFound(context, file, snapshot, end);
      const { count, avoid = [] } = options;
      const answer = shortestPaths(snapshot, target, { count, avoid, ...from === void 0 ? {} : { from } });
      if (answer.paths.length === 0) outcome.exitCode = EXIT.nothingFound;
      await finishGraph(
        context,
        options,
        format,
        answer,
        `heapgraph path --count ${Math.max(5, 2 * count)} ${selectorText(selector)} ${again(file)}`
      );
    }
  );
  withOutput(
    program.command("dominators").description("where the memory is: the largest retained objects, as a tree"),
    DOMINATORS_FORMATS
  ).usage("[options] [@id] <snapshot>").argument("<@id|snapshot>", "an object to begin at instead of the root, then the file; or the file alone").argument("[snapshot]").option("--depth <n>", "levels shown", wholeNumber, 3).option("--fan <n>", "objects shown below each one", positiveNumber, 10).addOption(shareOption("--min <percent>", "leave out what retains a smaller share of the heap")).addOption(sizesOption()).action(async (first, second, options, command) => {
    const format = chooseFormat(options, DOMINATORS_FORMATS);
    const { id, file } = startAndFile(first, second);
    const snapshot = await load(context, file);
    const node = id === void 0 ? snapshot.root : select(snapshot, { id }).nodes[0];
    if (node === void 0) return notFound(context, file, snapshot, { id: id ?? 0 });
    const limits = format === "speedscope" ? flameLimits(command, options) : { ...options, minShare: options.min };
    const answer = dominators(snapshot, { ...limits, sizes: options.sizes, node });
    const largest = answer.rows[1]?.node ?? node;
    const next = `heapgraph path --id @${snapshot.nodeId[largest]} ${again(file)}`;
    if (format === "speedscope") await finish(context, options, toSpeedscope(flameView(answer)), next);
    else await finishGraph(context, options, format, answer, next);
  });
  withOutput(program.command("cycles").description("reference cycles, by pattern, and what holds each"), GRAPH_FORMATS).argument("<snapshot>").option("--type <name>", "only cycles through objects of this type, or /regex/").option("--raw", "also follow V8's own slots: maps, prototypes, code").option("--limit <n>", "patterns shown", positiveNumber, 30).action(async (file, options) => {
    const format = chooseFormat(options, GRAPH_FORMATS);
    const snapshot = await load(context, file);
    const through = options.type === void 0 ? void 0 : select(snapshot, { type: options.type });
    if (options.type !== void 0 && through?.nodes.length === 0)
      return notFound(context, file, snapshot, { type: options.type });
    const { raw = false, limit } = options;
    const answer = cycles(snapshot, { raw, limit, ...through === void 0 ? {} : { through } });
    if (answer.groups.length === 0) outcome.exitCode = EXIT.nothingFound;
    const example = answer.groups[0]?.nodes[0];
    const next = example === void 0 ? `heapgraph types ${again(file)}` : `heapgraph path --id @${snapshot.nodeId[example]} ${again(file)}`;
    await finishGraph(context, options, format, answer, next);
  });
}
function addNeighbors(context, question, description) {
  withSelector(withOutput(context.program.command(question).description(description), GRAPH_FORMATS)).argument("<snapshot>").option("--depth <n>", "levels shown", wholeNumber, 3).option("--fan <n>", "kinds of neighbours shown for each line", wholeNumber, 10).addOption(shareOption("--min-share <percent>", "do not follow what touches a smaller share of the objects")).action(
    async (file, options) => {
      const format = chooseFormat(options, GRAPH_FORMATS);
      const selector = selectorFrom(options);
      const snapshot = await load(context, file);
      const target = select(snapshot, selector);
      if (target.nodes.length === 0) return notFound(context, file, snapshot, selector);
      const answer = (question === "backrefs" ? backrefs : refs)(snapshot, target, options);
      await finishGraph(context, options, format, answer, `heapgraph path ${selectorText(selector)} ${again(file)}`);
    }
  );
}
function flameLimits(command, { depth, fan, min }) {
  const isAsked = (option) => command.getOptionValueSource(option) !== "default";
  return {
    depth: isAsked("depth") ? depth : FLAME_LIMITS.depth,
    fan: isAsked("fan") ? fan : FLAME_LIMITS.fan,
    minShare: isAsked("min") ? min : FLAME_LIMITS.minShare
  };
}

// src/cli/help.ts
var PROGRAM_EXAMPLES = [
  ["info app.heapsnapshot", "what is this file?"],
  ["types app.heapsnapshot", "what fills the heap?"],
  ["backrefs --type Buffer app.heapsnapshot", "who keeps the Buffers alive?"],
  ["backrefs --type Buffer -o why.svg app.heapsnapshot", "the same as a picture"],
  ["path --type Buffer --count 3 app.heapsnapshot", "from the roots to a Buffer"],
  ["dominators app.heapsnapshot", "where is the memory?"],
  ["cycles app.heapsnapshot", "which objects refer to each other?"]
];
var EXAMPLES = {
  info: [
    ["info app.heapsnapshot", "who wrote it, how large is it, will it fit?"],
    ["info - < app.heapsnapshot.gz", "the same of a packed file from a pipe"]
  ],
  types: [
    ["types app.heapsnapshot", "the 30 largest types"],
    ["types --sort count --limit 10 app.heapsnapshot", "the 10 most frequent"],
    ["types --filter '/^Req/' app.heapsnapshot", "those that begin with Req"]
  ],
  list: [
    ["list --type Buffer app.heapsnapshot", "the largest Buffers"],
    ["list --type Buffer --sort id app.heapsnapshot", "the oldest"],
    ["list --name '/secret/i' app.heapsnapshot", "strings and functions by their text"]
  ],
  show: [
    ["show @12345 app.heapsnapshot", "one object, its holders and what it holds"],
    ["show @12345 --json app.heapsnapshot", "the same for a program"]
  ],
  backrefs: [
    ["backrefs --type Buffer app.heapsnapshot", "who keeps the Buffers alive?"],
    ["backrefs --type Buffer -o why.svg app.heapsnapshot", "the same as a picture"],
    ["backrefs --id @12345 --depth 6 app.heapsnapshot", "who keeps this one object alive?"]
  ],
  refs: [
    ["refs --type Buffer app.heapsnapshot", "what do the Buffers hold?"],
    ["refs --id @12345 --depth 2 app.heapsnapshot", "what does this one object hold?"]
  ],
  path: [
    ["path --type Buffer app.heapsnapshot", "the shortest way from a root to a Buffer"],
    ["path --id @12345 --count 3 app.heapsnapshot", "the three shortest to this object"],
    ["path --type Buffer --avoid Map app.heapsnapshot", "is there a way around the Maps?"],
    ["path --type Buffer --to Server app.heapsnapshot", "how does a Server hold a Buffer?"]
  ],
  dominators: [
    ["dominators app.heapsnapshot", "where is the memory?"],
    ["dominators @12345 --depth 5 app.heapsnapshot", "what would go if this object went?"]
  ],
  detached: [
    ["detached page.heapsnapshot", "DOM trees that are in no document, and their holders"],
    ["detached --json page.heapsnapshot", "the same for a program"]
  ],
  export: [
    ["export -o app.parquet app.heapsnapshot", "a row for each node, for DuckDB or pandas"],
    ["export --table edges -o refs.csv app.heapsnapshot", "a row for each edge"],
    ["export app.heapsnapshot | jq -c 'select(.detachedness == 2)'", "NDJSON for a pipe"]
  ],
  index: [
    ["index build app.heapsnapshot", "make every later question fast"],
    ["index list", "which snapshots have an index?"],
    ["index prune --limit 2GB", "take the least recently used away"]
  ],
  cycles: [
    ["cycles app.heapsnapshot", "which objects refer to each other?"],
    ["cycles --type Child app.heapsnapshot", "cycles through a Child only"]
  ]
};
var EXIT_CODES = "Exit codes: 0 answered, 1 nothing found, 2 misuse or unreadable input.";
function addExamples(program) {
  program.addHelpText("before", exampleText(PROGRAM_EXAMPLES)).addHelpText("after", `
${EXIT_CODES}`);
  for (const command of program.commands) {
    const examples = EXAMPLES[command.name()];
    if (examples !== void 0) command.addHelpText("before", exampleText(examples));
  }
}
function exampleText(examples) {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, question]) => `  heapgraph ${line.padEnd(width)}  ${question}
`);
  return `Examples:
${lines.join("")}`;
}

// src/cli/index-command.ts
import { Option as Option3 } from "commander";
function addIndex(context) {
  const { program, io, outcome } = context;
  const index = program.command("index").description("saved columns that make the next questions fast");
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
    } else io.stdout.write(listText2(found));
    if (found.length === 0) outcome.exitCode = EXIT.nothingFound;
  });
  index.command("prune").description("take away indexes that cannot be used, and the least recently used above a limit").addOption(
    new Option3("--limit <size>", "what the others may take together").argParser(sizeArgument).default(DEFAULT_LIMIT_BYTES, formatBytes(DEFAULT_LIMIT_BYTES))
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
function listText2(found) {
  const rows = found.map(({ path, bytes, state, snapshot }) => {
    const what = forTerminal(snapshot ?? path);
    return `${formatBytes(bytes).padStart(9)}  ${state.padEnd(8)}  ${what}
`;
  });
  const total = found.reduce((sum, { bytes }) => sum + bytes, 0);
  return `${rows.join("")}${plural(found.length, "index", "indexes")}, ${formatBytes(total)}
`;
}

// src/cli/table-commands.ts
import { freemem } from "node:os";
import { Option as Option4 } from "commander";
function addTableCommands(context) {
  const { program, outcome } = context;
  withOutput(
    program.command("info").description("who wrote a snapshot and what is in it, without loading it"),
    TABLE_FORMATS
  ).argument("<snapshot>", "file, or - for standard input").action(async (file, options) => {
    const format = chooseFormat(options, TABLE_FORMATS);
    const view = infoView(await openHeader(file));
    const text = format === "json" ? infoJson(view) : infoText(view, freemem(), paint(context, options));
    await finish(context, options, text, `heapgraph types ${again(file)}`);
  });
  withOutput(program.command("types").description("what fills the heap, by type"), TABLE_FORMATS).argument("<snapshot>").addOption(new Option4("--sort <key>", "order of the rows").choices(["retained", "self", "count", "name"])).addOption(new Option4("--by <what>", "what a row is").choices(["type", "kind", "shape", "script"]).default("type")).option("--shallow", "no retained sizes: much faster").addOption(sizesOption()).option("--filter <pattern>", "only types with this name, or /regex/").option("--limit <n>", "rows shown", positiveNumber, 30).action(async (file, options) => {
    const format = chooseFormat(options, TABLE_FORMATS);
    const snapshot = await load(context, file);
    const view = typesView(types(snapshot, { ...options, retained: options.shallow !== true }));
    if (view.total.types === 0) {
      if (options.filter === void 0) return sayNothing(context, snapshot, "object that has a size");
      return notFound(context, file, snapshot, { type: options.filter });
    }
    const text = format === "json" ? typesJson(view) : typesText(view, paint(context, options));
    await finish(context, options, text, `heapgraph backrefs --type TYPE ${again(file)}`);
  });
  withSelector(withOutput(program.command("list").description("the objects of a type"), TABLE_FORMATS)).argument("<snapshot>").addOption(
    new Option4("--sort <key>", "order of the rows").choices(["retained", "self", "id", "distance"]).default("retained")
  ).addOption(sizesOption()).option("--limit <n>", "rows shown", positiveNumber, 30).action(async (file, options) => {
    const format = chooseFormat(options, TABLE_FORMATS);
    const selector = selectorFrom(options);
    const snapshot = await load(context, file);
    const selection = select(snapshot, selector);
    if (selection.nodes.length === 0) return notFound(context, file, snapshot, selector);
    const view = listView(list(snapshot, selection, options));
    const text = format === "json" ? listJson(view) : listText(view, paint(context, options));
    await finish(context, options, text, `heapgraph show @${view.rows[0].id} ${again(file)}`);
  });
  withOutput(program.command("show").description("one object: sizes, who holds it, what it holds"), TABLE_FORMATS).argument("<@id>", "V8's id of the object, as other commands print it", idArgument).argument("<snapshot>").option("--limit <n>", "edges shown each way", positiveNumber, 30).addOption(sizesOption()).action(async (id, file, options) => {
    const format = chooseFormat(options, TABLE_FORMATS);
    const snapshot = await load(context, file);
    const { nodes } = select(snapshot, { id });
    if (nodes.length === 0) return notFound(context, file, snapshot, { id });
    const view = showView(show(snapshot, nodes[0], options));
    const text = format === "json" ? showJson(view) : showText(view, paint(context, options));
    await finish(context, options, text, `heapgraph path --id @${id} ${again(file)}`);
  });
  withOutput(program.command("detached").description("DOM trees that are in no document and yet alive"), TABLE_FORMATS).argument("<snapshot>").option("--limit <n>", "rows shown", positiveNumber, 30).addOption(sizesOption()).action(async (file, options) => {
    const format = chooseFormat(options, TABLE_FORMATS);
    const snapshot = await load(context, file);
    const view = detachedView(detached(snapshot, options));
    if (view.rows.length === 0) {
      outcome.exitCode = EXIT.nothingFound;
      if (format === "text") return sayNothing(context, snapshot, "detached DOM tree");
    }
    const text = format === "json" ? detachedJson(view) : detachedText(view, paint(context, options));
    await finish(context, options, text, `heapgraph path --id @${view.rows[0]?.exampleId ?? 1} ${again(file)}`);
  });
}

// src/cli/commands.ts
function addCommands(program, io, outcome) {
  const context = { program, io, outcome, loaded: [] };
  program.commandsGroup("Commands:");
  program.hook("preAction", (_, command) => checkOutput(command.opts(), command.args));
  program.hook("postAction", () => keepIndexes(context));
  addIndexOptions(program);
  addTableCommands(context);
  addGraphCommands(context);
  addExport(context);
  addIndex(context);
  addExamples(program);
}

// src/cli/version.ts
import { readFileSync } from "node:fs";
function version() {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return JSON.parse(text).version;
}

// src/cli/main.ts
async function executeCli(args, io) {
  const outcome = { exitCode: EXIT.answered };
  const isLost = args.length === 0;
  const helpStream = isLost ? io.stderr : io.stdout;
  let isRefused = false;
  const program = new Command("heapgraph").description("Why is this object still alive? Reads V8 heap snapshots (.heapsnapshot, plain or packed).").version(version(), "-V, --version", "show the version").option("--no-color", "no colours; NO_COLOR in the environment does the same").option("--debug", "show the stack of an error").helpOption("-h, --help", "show this help").helpCommand("help [command]", "show the help of a command").configureHelp({ subcommandTerm: (command) => command.name() }).exitOverride().configureOutput({
    writeOut: (text) => void helpStream.write(text),
    // What commander has to say is told below, in one sentence like every other error.
    writeErr() {
      isRefused = true;
    },
    getOutHelpWidth: () => helpStream.columns ?? 80
  });
  addCommands(program, io, outcome);
  try {
    await program.parseAsync(isLost ? ["--help"] : [...args], { from: "user" });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (!isRefused && SHOWN.has(error.code)) return isLost ? EXIT.misuse : EXIT.answered;
      io.stderr.write(`heapgraph: ${forTerminal(usageText(error, program))}
`);
      return EXIT.misuse;
    }
    io.stderr.write(errorText(error, program.opts().debug === true));
    return EXIT.misuse;
  }
}
var SHOWN = /* @__PURE__ */ new Set(["commander.help", "commander.helpDisplayed", "commander.version"]);
function usageText({ code, message }, program) {
  const names = program.commands.map((command2) => command2.name());
  const command = program.args.find((arg) => names.includes(arg));
  const help = command === void 0 ? "heapgraph --help shows the commands" : `heapgraph ${command} --help shows how`;
  if (code === "commander.help") {
    const unknown = program.args.find((arg) => arg !== "help");
    return `${unknown === void 0 ? "no command was given" : `unknown command '${unknown}'`}; ${help}`;
  }
  const told = message.replace(/^error: /, "").replace(
    /\. (It|Allowed|Expected) (.*)\.$/s,
    (_, first, rest) => `; ${first.toLowerCase()} ${rest}`
  );
  const suggestion = /\n\(Did you mean (.*)\?\)$/.exec(told);
  if (suggestion !== null) return `${told.slice(0, suggestion.index)}; did you mean ${suggestion[1]}?`;
  return `${told}; ${help}`;
}
function errorText(error, debug) {
  const stack = debug && error instanceof Error ? `${(error.stack ?? "").split("\n").map(forStack).join("\n")}
` : "";
  if (error instanceof HeapgraphError) {
    const hint = error.hint === void 0 ? "" : `; ${error.hint}`;
    return `heapgraph: ${forTerminal(error.message + hint)}
${stack}`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return `heapgraph: a mistake of heapgraph's own: ${forTerminal(message)}; please report it with the output of --debug
${stack}`;
}
function forStack(line) {
  return forTerminal(line);
}

// src/cli/program.ts
async function runAsProgram() {
  process.stdout.on("error", (error) => {
    if (error.code === "EPIPE") process.exit(EXIT.answered);
    const full = error.code === "ENOSPC" ? "the disk is full" : error.message;
    process.stderr.write(`heapgraph: standard output cannot be written: ${full}
`);
    process.exit(EXIT.misuse);
  });
  process.stderr.on("error", () => {
  });
  const io = { stdout: process.stdout, stderr: process.stderr, env: process.env };
  process.exitCode = await executeCli(process.argv.slice(2), io);
}
export {
  runAsProgram
};
