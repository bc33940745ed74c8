import {
  checkOutput,
  chooseFormat,
  outputFile,
  writeAnswer
} from "./chunk-PHX5PZUX.js";
import "./chunk-C7L2J6IP.js";
export {
  checkOutput,
  chooseFormat,
  outputFile,
  writeAnswer
};
