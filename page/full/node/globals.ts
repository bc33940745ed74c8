/** What code made for Node expects to be there. Comes before all other modules. */
import {Buffer} from 'buffer/'

const environment = {
  // What is in the page is read each time.
  HEAPGRAPH_NO_INDEX: '1',
  NO_COLOR: '1',
}

Object.assign(globalThis, {
  Buffer,
  // Nobody shares memory here: a page from the disk has none that could be shared.
  SharedArrayBuffer: globalThis.SharedArrayBuffer ?? ArrayBuffer,
  process: {
    env: environment,
    argv: [],
    execArgv: [],
    platform: 'linux',
    arch: '',
    pid: 0,
    versions: {node: '20.19.0'},
    version: 'v20.19.0',
    cwd: () => '/',
    on: () => {},
    once: () => {},
    off: () => {},
    emitWarning: () => {},
    stdout: {isTTY: false},
    stderr: {isTTY: false},
  },
})
