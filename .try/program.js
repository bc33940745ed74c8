import {
  EXIT
} from "./chunk-T3ALY7A5.js";
import {
  addIndexOptions
} from "./chunk-UT7EYZ27.js";
import {
  HeapgraphError,
  forTerminal,
  plainPaint
} from "./chunk-C7L2J6IP.js";

// src/cli/main.ts
import { Command, CommanderError } from "commander";

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

// src/cli/paint.ts
async function paintFor({ stdout, env }, wanted) {
  const force = env.FORCE_COLOR ?? "";
  const isRefused = !wanted || (env.NO_COLOR ?? "") !== "" || force === "0" || force === "false";
  const isTerminal = stdout.isTTY === true && env.TERM !== "dumb";
  if (isRefused || !(isTerminal || force !== "")) return plainPaint;
  const { Chalk } = await import("chalk");
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

// src/cli/commands.ts
var tables = () => import("./table-commands-P3BCJW3H.js");
var graphs = () => import("./graph-commands-WK4IAD66.js");
var COMMANDS = [
  ["info", "who wrote a snapshot and what is in it, without loading it", async () => (await tables()).addInfo],
  ["types", "what fills the heap, by type", async () => (await tables()).addTypes],
  ["list", "the objects of a type", async () => (await tables()).addList],
  ["show", "one object: sizes, who holds it, what it holds", async () => (await tables()).addShow],
  ["detached", "DOM trees that are in no document and yet alive", async () => (await tables()).addDetached],
  ["backrefs", "what keeps objects alive: who holds them, merged by type", async () => (await graphs()).addBackrefs],
  ["refs", "what objects hold, merged by type", async () => (await graphs()).addRefs],
  ["path", "the shortest chains from a root to an object", async () => (await graphs()).addPath],
  [
    "dominators",
    "where the memory is: the largest retained objects, as a tree",
    async () => (await graphs()).addDominators
  ],
  ["cycles", "reference cycles, by pattern, and what holds each", async () => (await graphs()).addCycles],
  [
    "export",
    "all nodes or edges as a table for other programs: DuckDB, pandas, jq",
    async () => (await import("./export-AP2DLOLS.js")).addExport
  ],
  [
    "index",
    "saved columns that make the next questions fast",
    async () => (await import("./index-command-CGRZUCPY.js")).addIndex
  ]
];
async function addCommands(program, io, outcome, args) {
  const context = { program, io, outcome, colours: plainPaint, loaded: [] };
  program.commandsGroup("Commands:");
  program.hook("preAction", async (_, command) => {
    const { checkOutput } = await import("./output-4BEQRIKY.js");
    checkOutput(command.opts(), command.args);
    context.colours = await paintFor(io, program.opts().color !== false);
  });
  program.hook("postAction", async () => {
    if (context.loaded.length > 0) (await import("./keep-indexes-KJPHYEAQ.js")).keepIndexes(context);
  });
  addIndexOptions(program);
  for (const [name, description, load] of COMMANDS) {
    const command = program.command(name).description(description);
    if (args.includes(name)) (await load())(context, command);
  }
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
  await addCommands(program, io, outcome, args);
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
