import {
  GRAPH_FORMATS,
  again,
  collect,
  endSelector,
  finish,
  load,
  notFound,
  paint,
  positiveNumber,
  sayNext,
  selectorFrom,
  selectorText,
  shareOption,
  sizesOption,
  startAndFile,
  wholeNumber,
  withOutput,
  withSelector
} from "./chunk-ZAWMQZYR.js";
import {
  EXIT
} from "./chunk-T3ALY7A5.js";
import {
  chooseFormat,
  outputFile,
  writeAnswer
} from "./chunk-PHX5PZUX.js";
import "./chunk-UT7EYZ27.js";
import {
  FLAME_LIMITS,
  backrefs,
  cycles,
  dominators,
  flameView,
  forTerminal,
  plural,
  refs,
  select,
  shortestPaths,
  toDot,
  toGexf,
  toGraph,
  toGraphml,
  toJson,
  toSpeedscope,
  toSvg,
  toText
} from "./chunk-C7L2J6IP.js";

// src/cli/graph-answer.ts
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
function graphText(context, options, format, graph) {
  if (format === "json") return toJson(graph);
  if (format === "dot") return toDot(graph);
  if (format === "svg") return toSvg(graph);
  if (format === "gexf") return toGexf(graph);
  if (format === "graphml") return toGraphml(graph);
  const columns = outputFile(options) === void 0 ? context.io.stdout.columns : void 0;
  return toText(graph, { paint: paint(context, options), ...columns === void 0 ? {} : { width: columns } });
}

// src/cli/graph-commands.ts
var DOMINATORS_FORMATS = [...GRAPH_FORMATS, "speedscope"];
function addBackrefs(context, command) {
  addNeighbors(context, command, "backrefs");
}
function addRefs(context, command) {
  addNeighbors(context, command, "refs");
}
function addPath(context, command) {
  const { outcome } = context;
  withSelector(withOutput(command, GRAPH_FORMATS)).argument("<snapshot>").option("--to <pattern>", "end the search at objects of this type (or @id) instead of the roots").option("--count <k>", "chains shown", positiveNumber, 1).option(
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
}
function addDominators(context, command) {
  withOutput(command, DOMINATORS_FORMATS).usage("[options] [@id] <snapshot>").argument("<@id|snapshot>", "an object to begin at instead of the root, then the file; or the file alone").argument("[snapshot]").option("--depth <n>", "levels shown", wholeNumber, 3).option("--fan <n>", "objects shown below each one", positiveNumber, 10).addOption(shareOption("--min <percent>", "leave out what retains a smaller share of the heap")).addOption(sizesOption()).action(async (first, second, options, command2) => {
    const format = chooseFormat(options, DOMINATORS_FORMATS);
    const { id, file } = startAndFile(first, second);
    const snapshot = await load(context, file);
    const node = id === void 0 ? snapshot.root : select(snapshot, { id }).nodes[0];
    if (node === void 0) return notFound(context, file, snapshot, { id: id ?? 0 });
    const limits = format === "speedscope" ? flameLimits(command2, options) : { ...options, minShare: options.min };
    const answer = dominators(snapshot, { ...limits, sizes: options.sizes, node });
    const largest = answer.rows[1]?.node ?? node;
    const next = `heapgraph path --id @${snapshot.nodeId[largest]} ${again(file)}`;
    if (format === "speedscope") await finish(context, options, toSpeedscope(flameView(answer)), next);
    else await finishGraph(context, options, format, answer, next);
  });
}
function addCycles(context, command) {
  const { outcome } = context;
  withOutput(command, GRAPH_FORMATS).argument("<snapshot>").option("--type <name>", "only cycles through objects of this type, or /regex/").option("--raw", "also follow V8's own slots: maps, prototypes, code").option("--limit <n>", "patterns shown", positiveNumber, 30).action(async (file, options) => {
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
function addNeighbors(context, command, question) {
  withSelector(withOutput(command, GRAPH_FORMATS)).argument("<snapshot>").option("--depth <n>", "levels shown", wholeNumber, 3).option("--fan <n>", "kinds of neighbours shown for each line", wholeNumber, 10).addOption(shareOption("--min-share <percent>", "do not follow what touches a smaller share of the objects")).action(
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
export {
  addBackrefs,
  addCycles,
  addDominators,
  addPath,
  addRefs
};
