import {
  runBlocks
} from "../chunks/chunk-CFUL74GT.js";

// src/read/number-worker.ts
import { parentPort } from "node:worker_threads";
parentPort?.on("message", (job) => runBlocks(job));
