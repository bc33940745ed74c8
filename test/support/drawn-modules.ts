/** Modules for drawn heaps (`ascii-heap.ts`): each with a scope that a function of its own sees. */

/** `scopeA` of `/app/src/a.js`, seen by `work`. */
export const APP_MODULE = `
  root -> gc -> native -internal:script-> Script
  gc: synthetic "(GC roots)" 0
  native: hidden "system / NativeContext" 16
  gc -> work -internal:context-> scopeA -internal:previous-> native
  scopeA: object "system / Context" 32
  work: closure work 32 at 1:9:3
  work -internal:shared-> sharedA -internal:script-> scriptA -internal:name-> nameA
  sharedA: code work
  scriptA: code script
  nameA: string "/app/src/a.js"
`

/** Besides, `scopeB` of a package, seen by `pack`. */
export const MODULES = `${APP_MODULE}
  gc -> pack -internal:context-> scopeB -internal:previous-> native
  scopeB: object "system / Context" 32
  pack: closure pack 32 at 2:4:3
  pack -internal:shared-> sharedB -internal:script-> scriptB -internal:name-> nameB
  sharedB: code pack
  scriptB: code script
  nameB: string "/app/node_modules/pack/index.js"
`
