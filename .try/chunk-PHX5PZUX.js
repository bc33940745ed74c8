import {
  HeapgraphError
} from "./chunk-C7L2J6IP.js";

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

export {
  chooseFormat,
  outputFile,
  checkOutput,
  writeAnswer
};
