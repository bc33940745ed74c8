import {
  TABLE_FORMATS,
  again,
  finish,
  idArgument,
  load,
  notFound,
  paint,
  positiveNumber,
  sayNothing,
  selectorFrom,
  sizesOption,
  withOutput,
  withSelector
} from "./chunk-ZAWMQZYR.js";
import {
  EXIT
} from "./chunk-T3ALY7A5.js";
import {
  chooseFormat
} from "./chunk-PHX5PZUX.js";
import "./chunk-UT7EYZ27.js";
import {
  detached,
  detachedJson,
  detachedText,
  detachedView,
  infoJson,
  infoText,
  infoView,
  list,
  listJson,
  listText,
  listView,
  openHeader,
  select,
  show,
  showJson,
  showText,
  showView,
  types,
  typesJson,
  typesText,
  typesView
} from "./chunk-C7L2J6IP.js";

// src/cli/table-commands.ts
import { freemem } from "node:os";
import { Option } from "commander";
function addInfo(context, command) {
  withOutput(command, TABLE_FORMATS).argument("<snapshot>", "file, or - for standard input").action(async (file, options) => {
    const format = chooseFormat(options, TABLE_FORMATS);
    const view = infoView(await openHeader(file));
    const text = format === "json" ? infoJson(view) : infoText(view, freemem(), paint(context, options));
    await finish(context, options, text, `heapgraph types ${again(file)}`);
  });
}
function addTypes(context, command) {
  withOutput(command, TABLE_FORMATS).argument("<snapshot>").addOption(new Option("--sort <key>", "order of the rows").choices(["retained", "self", "count", "name"])).addOption(new Option("--by <what>", "what a row is").choices(["type", "kind", "shape", "script"]).default("type")).option("--shallow", "no retained sizes: much faster").addOption(sizesOption()).option("--filter <pattern>", "only types with this name, or /regex/").option("--limit <n>", "rows shown", positiveNumber, 30).action(async (file, options) => {
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
}
function addList(context, command) {
  withSelector(withOutput(command, TABLE_FORMATS)).argument("<snapshot>").addOption(
    new Option("--sort <key>", "order of the rows").choices(["retained", "self", "id", "distance"]).default("retained")
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
}
function addShow(context, command) {
  withOutput(command, TABLE_FORMATS).argument("<@id>", "V8's id of the object, as other commands print it", idArgument).argument("<snapshot>").option("--limit <n>", "edges shown each way", positiveNumber, 30).addOption(sizesOption()).action(async (id, file, options) => {
    const format = chooseFormat(options, TABLE_FORMATS);
    const snapshot = await load(context, file);
    const { nodes } = select(snapshot, { id });
    if (nodes.length === 0) return notFound(context, file, snapshot, { id });
    const view = showView(show(snapshot, nodes[0], options));
    const text = format === "json" ? showJson(view) : showText(view, paint(context, options));
    await finish(context, options, text, `heapgraph path --id @${id} ${again(file)}`);
  });
}
function addDetached(context, command) {
  const { outcome } = context;
  withOutput(command, TABLE_FORMATS).argument("<snapshot>").option("--limit <n>", "rows shown", positiveNumber, 30).addOption(sizesOption()).action(async (file, options) => {
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
export {
  addDetached,
  addInfo,
  addList,
  addShow,
  addTypes
};
