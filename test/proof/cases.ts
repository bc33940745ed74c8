/** What is proved in living programs, and what is known to be told wrong there. */
import type {ProofCase} from './proofs.ts'

/** Cuts that are not the one: nothing of the type may go. */
export const PROOFS: ProofCase[] = [
  {program: 'listener.cjs', asks: [{cut: ['on "flush"'], of: 'UserRecord'}]},
  {program: 'closure.cjs', asks: [{why: 'BigPayload', frees: 50}]},
  {program: 'timer.cjs', asks: [{why: 'PollState'}]},
  {program: 'promise.cjs', asks: [{why: 'PendingJob'}]},
  {program: 'weakmap.cjs', asks: [{why: 'SessionMeta'}]},
  {program: 'buffer-cache.cjs', asks: [{why: 'Buffer', frees: 300}]},
  {program: 'lru/main.cjs', asks: [{why: 'Page', frees: 400}]},
  {program: 'class-static/main.cjs', asks: [{why: 'Plugin'}, {why: 'Widget'}]},
  {program: 'es-module/main.mjs', asks: [{why: 'Order'}, {why: 'Draft'}, {why: 'Coupon'}]},
  {
    program: 'what-if/main.cjs',
    asks: [{cut: ['pinned'], of: 'Document', frees: 0}, {cut: ['auditTrail'], of: 'Tenant', frees: 0}, {why: 'Tenant'}],
  },
  {program: 'async-context/main.mjs', asks: [{why: 'RequestContext'}, {why: 'TraceContext'}]},
  {
    program: 'seven-leaks/main.mjs',
    asks: [
      {why: 'Session'},
      {cut: ['on "tick"'], of: 'Subscription'},
      {why: 'PendingJob'},
      {cut: ['scope var notes'], of: 'RequestNote'},
      {why: 'RingNode'},
      {cut: ['globalThis.debugLog'], of: 'Array'},
    ],
  },
  // Each UserRecord is held three ways: one of them is not enough.
  {program: 'srv/server.cjs', asks: [{cut: ['byId[]'], of: 'UserRecord', frees: 0}]},
  {program: '03-abortsignal-any/app.cjs', leaks: true, asks: [{why: 'Job'}]},
  {program: '06-als-per-run/app.cjs', leaks: true, asks: [{why: 'Transcript'}]},
  {program: '11-zlib-native/app.cjs', leaks: true, asks: []},
  {program: '12-error-stack-chain/app.cjs', leaks: true, asks: [{why: 'Render'}]},
  {program: '17-agent-per-request/process-on.cjs', leaks: true, asks: [{why: 'Upload'}]},
  {program: '17-agent-per-request/tcp-clients.cjs', leaks: true, asks: []},
  {program: '17-agent-per-request/app.cjs', leaks: true, asks: [{why: 'Agent'}]},
  {program: '28-dictionary-threshold/app.cjs', leaks: true, asks: []},
]
