/**
 * `node --import ./scripts/typescript.mjs FILE.ts`: runs the TypeScript of src/ and test/ as it is, from a cache of what is left of it without
 * its types, on the same lines. Where Node's hooks run in the same thread (from 22.15 on) they are used; on Node 20 they have a thread.
 */
import module from 'node:module'

if (module.registerHooks === undefined) module.register('./typescript-hooks.mjs', import.meta.url)
else module.registerHooks(await import('./typescript-hooks.mjs'))
