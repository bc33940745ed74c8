/** Which nodes a program makes; compiled code, V8's arrays and maps come and go as V8 likes. */
import {TEXT_KINDS} from '../../snapshot/code/text.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'

/** Kinds of objects, functions, texts and other values that have ids of their own for as long as they live. */
export const PROGRAM_KINDS: ReadonlySet<number> = new Set<number>([
  NodeKind.object,
  NodeKind.closure,
  ...TEXT_KINDS,
  NodeKind.regexp,
  NodeKind.symbol,
  NodeKind.bigint,
])

/** The same, boxed numbers (which V8 makes anew at times) and objects of the embedder (whose ids may be addresses). */
export const PROGRAM_AND_EMBEDDER_KINDS: ReadonlySet<number> = new Set<number>([
  ...PROGRAM_KINDS,
  NodeKind.number,
  NodeKind.native,
])
