/** A profile of sampled allocations with sums known by hand. */
/** As `.heapprofile` files have it. */
export interface Call {
  callFrame: {functionName: string; scriptId: string; url: string; lineNumber: number; columnNumber: number}
  selfSize: number
  id: number
  children: Call[]
}

let ids = 0
/** Lines from 0 on. */
export function call(
  functionName: string,
  url: string,
  lineNumber: number,
  selfSize: number,
  ...children: Call[]
): Call {
  return {
    callFrame: {functionName, scriptId: url === '' ? '0' : '1', url, lineNumber, columnNumber: 0},
    selfSize,
    id: ++ids,
    children,
  }
}

export const POOL = 'file:///app/src/pool.js'
const LIBRARY = 'file:///app/node_modules/lodash/lodash.js'
/** 6,905 bytes: two ways to `makeOne`, a package and the runtime. */
export const DRAWN = call(
  '(root)',
  '',
  -1,
  100,
  call(
    'handle',
    'file:///app/src/server.js',
    3,
    1000,
    call('makeOne', POOL, 30, 5000, call('clone', LIBRARY, 9, 700, call('push', 'node:internal/x', 1, 50))),
    call('clone', LIBRARY, 9, 40),
  ),
  call('makeOne', POOL, 30, 6),
  call('', 'node:internal/y', 0, 9),
)

/** 8,405 bytes: beside `DRAWN` `makeOne` has 2,500 more, `handle` 500 fewer, `clone` and `push` in `makeOne` are gone, and `fill` is new. */
export const DRAWN_LATER = call(
  '(root)',
  '',
  -1,
  100,
  call(
    'handle',
    'file:///app/src/server.js',
    3,
    500,
    call('makeOne', POOL, 30, 7500, call('fill', POOL, 60, 250)),
    call('clone', LIBRARY, 9, 40),
  ),
  call('makeOne', POOL, 30, 6),
  call('', 'node:internal/y', 0, 9),
)
