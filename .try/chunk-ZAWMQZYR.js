import {
  EXIT
} from "./chunk-T3ALY7A5.js";
import {
  outputFile,
  writeAnswer
} from "./chunk-PHX5PZUX.js";
import {
  indexOptions
} from "./chunk-UT7EYZ27.js";
import {
  HeapgraphError,
  forTerminal,
  formatBytes,
  nearestTypes,
  openSnapshot,
  plainPaint,
  plural
} from "./chunk-C7L2J6IP.js";

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
function paint({ colours }, options) {
  return outputFile(options) === void 0 ? colours : plainPaint;
}
async function finish({ io }, options, text, next) {
  const toFile = await writeAnswer(io, options, text);
  if (toFile) io.stderr.write(`${forTerminal(`written to ${options.output}`)}
`);
  sayNext(io, next);
}
function sayNext({ stderr }, command) {
  stderr.write(`next: ${forTerminal(command)}
`);
}
function notFound(context, file, snapshot, selector) {
  const [wanted, hint] = wantedAndHint(file, snapshot, selector);
  sayNothing(context, snapshot, `object ${wanted}`, hint);
}
function sayNothing({ io, outcome }, snapshot, what, hint = "") {
  outcome.exitCode = EXIT.nothingFound;
  const { name, nodeCount, types } = snapshot;
  const searched = `${plural(nodeCount, "object")} of ${plural(types.names.length, "type")} searched`;
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

export {
  TABLE_FORMATS,
  GRAPH_FORMATS,
  withOutput,
  withSelector,
  selectorFrom,
  startAndFile,
  endSelector,
  selectorText,
  again,
  sizesOption,
  wholeNumber,
  sizeArgument,
  positiveNumber,
  shareOption,
  collect,
  idArgument,
  load,
  paint,
  finish,
  sayNext,
  notFound,
  sayNothing
};
