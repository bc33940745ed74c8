/** What to do in a living process so that edges of its heap are no more: the shape that who reads the heap and who changes it share. */

/** A property's name; of a symbol its description, of a private name the text with `#`. */
export type CutKey = {name: string} | {symbol: string} | {private: string}

/**
 * One deed. Objects are named by V8's ids, which mean the same on the connection over which the snapshot was taken; `0` is the global
 * object, which has no name of its own there.
 */
export type CutStep = {
  /** How many edges of the snapshot it takes away. */
  edges: number
} & (
  | {kind: 'property'; object: number; key: CutKey}
  /** Of an array or another object with numbered properties. */
  | {kind: 'elements'; object: number; indexes: readonly number[] | 'all'}
  /** Of a Map, Set, WeakMap or WeakSet: those whose key or value is one of these objects or texts. */
  | {kind: 'entries'; object: number; members: readonly (number | string)[] | 'all'}
  /** Of a scope that these functions see, the variable whose value is the object `value`. */
  | {kind: 'variable'; functions: readonly number[]; name: string; value: number}
  /** Of an EventEmitter. */
  | {kind: 'listeners'; object: number; event: string; listeners: readonly number[] | 'all'}
  /** A Timeout or Immediate of Node's. */
  | {kind: 'timer'; object: number}
)

/** What became of a step: `done`, or one clause why not. */
export type CutOutcome = 'done' | {failed: string}
