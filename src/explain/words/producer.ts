/** Who wrote a snapshot, as far as its header tells: V8 adds fields with time, and says no version. */
import {type Engine, engineOfHeader} from '../../snapshot/columns/engine.ts'
import type {Header} from '../../snapshot/columns/schema.ts'

/** Newest first; the first whose mark is there names the producer. From files of Node 8 to 26, Deno and Chromium 92 to 156. */
const MARKS: {has: (header: Header) => boolean; producer: string}[] = [
  {has: ({meta}) => meta.scope_fields !== undefined, producer: 'V8 15.6 or newer (Chromium 156 or newer)'},
  {
    has: ({schema}) => (schema.location?.length ?? 0) >= 5,
    producer: 'V8 14.9 or newer (Chromium 149 or newer, Deno 2.9 or newer)',
  },
  {
    has: ({extraNativeBytes}) => extraNativeBytes !== undefined,
    producer: 'V8 13.6 to 14.7 (Node 24 to 26, Chromium 136 to 147)',
  },
  {has: declares('wasm object'), producer: 'V8 11.3 (Node 20)'},
  {has: declares('object shape'), producer: 'V8 10.8 to 12.9 (Node 19, 21 to 23, Bun, Chromium 108 to 129)'},
  {has: ({schema}) => schema.node.at.detachedness >= 0, producer: 'V8 9.2 to 10.2 (Node 16 to 18, Chromium 92 to 102)'},
  {has: ({schema}) => schema.location !== undefined, producer: 'V8 7.0 to 8.6 (Node 11 to 15, Chromium 70 to 86)'},
]

const OTHERS: Record<Exclude<Engine, 'V8'>, string> = {
  JavaScriptCore: "JavaScriptCore in V8's format (Bun)",
  Hermes: "Hermes in V8's format (React Native)",
  Julia: "Julia in V8's format",
  other: "an engine other than V8, in V8's format",
}

/** `rootName`: the index of the root's name, if it is known. */
export function producerOf(header: Header, rootName?: number): string {
  const engine = engineOfHeader(header, rootName)
  if (engine !== 'V8') return OTHERS[engine]
  return MARKS.find(({has}) => has(header))?.producer ?? 'V8 6.8 or older (Node 10 or older), or another engine'
}

function declares(nodeKind: string): (header: Header) => boolean {
  return ({meta}) => {
    const types = meta.node_types
    return Array.isArray(types) && Array.isArray(types[0]) && types[0].includes(nodeKind)
  }
}
