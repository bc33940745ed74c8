'use strict'
/*
 * Declarations of every kind, each with its mark behind it: `@name` is where the test looks for `name`. The text is longer than the
 * 1,024 characters that V8 writes of a string by default; the program asks for all of it.
 */
const v8 = require('node:v8') // @v8
const {EventEmitter: Emitter} = require('node:events') // @Emitter
const parts /* @parts */ = require('./parts.cjs').parts

// Some lines so that nothing of what follows is in the first characters:
// const table = 'not here'
// let sessions = 'not here'
const text = `
const table = 'not here either'
class Store { active = 1 }
`

function makeTable(limit /* @limit */) {
  const table = new Map([['inner', limit]]) // a variable of the same name further inside
  return () => table.get(limit)
}

const table = new Map() // @table
const sessions /* @sessions */ = {
  open: new Map(), // @open
  closed: {early: new Set(), late: new Set()}, // @late
}
var counters /* @counters */ = [],
  totals = new Map() // @totals
const frozen = Object.freeze({rows: new Map()}) // @rows
const bag = {}
bag.later = new Map() // @later
const {
  first,
  second: [renamed /* @renamed */],
} = makeParts()

function makeParts() {
  return {first: new Map(), second: [new Map()]}
}

class Base {
  shared = new Map() // @shared
  static registry = new Map() // @registry
}

class Store extends Base {
  #hidden = new Map() // @#hidden
  active = new Map() // @active
  static instances = new Set() // @instances
  static {
    // biome-ignore lint/complexity/noThisInStatic: what the test is about.
    this.blocks = new Map() // @blocks
  }
  constructor() {
    super()
    const set = () => {
      this.early = new Map() // @early
    }
    set()
    this.open()
  }
  open() {
    this.opened = new Map() // @opened
    this.early = new Map()
  }
  see() {
    return this.#hidden
  }
}

class Other {
  active = new Map() // not this one
}

function Old() {
  this.entries = [] // @entries
}

const held = [] // @held
for (let turn /* @turn */ = 0; turn < 2; turn++) {
  held.push(() => turn)
}
for (const item /* @item */ of [{}, {}]) {
  held.push(() => item)
}
try {
  throw new Error('thrown')
} catch (caught /* @caught */) {
  held.push(() => caught)
}

const arrow /* @arrow */ =
  ({option /* @option */}, ...rest) =>
  () => [option, rest]

module.exports.kept /* @kept */ = [
  () => [table, sessions, counters, totals, frozen, bag, first, renamed, parts, Emitter, text],
  makeTable(3),
  arrow({option: {}}, {}),
]
module.exports.store = new Store() // @store
module.exports.old = new Old()
module.exports.other = new Other()
module.exports.Store = Store

v8.setFlagsFromString('--heap-snapshot-string-limit=1000000')
v8.writeHeapSnapshot(process.argv[2])
