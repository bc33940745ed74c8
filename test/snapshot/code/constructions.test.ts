/** Where programs make objects of classes that are not their own. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {openSnapshot} from '../../../src/index.ts'
import {constructionsOf} from '../../../src/snapshot/code/constructions.ts'
import {programs} from '../../support/programs.ts'

const {run} = programs()

const PROGRAM = `
const net = require('node:net'), {Agent: HttpAgent, globalAgent} = require('node:http')
class Server {}
function Agent() {}
const own = () => [new Server(), new Agent()] // Own classes.
const given = Socket => new Socket() // What somebody hands in.
const sockets = () => [
  new net.Socket(), // Socket
  new net.Server(), // Server
]
const more = () => [new net.Socket(), new net.Socket()] // Socket
const agent = () => new HttpAgent({maxSockets: [new AbortController()].length}) // HttpAgent, AbortController
const called = () => new (globalAgent.constructor)(net['Socket']) // By no name.
exports.all = [own, given, sockets, more, agent, called]
require('node:v8').setFlagsFromString('--heap-snapshot-string-limit=100000')
const round = () => {}
`

test('new of what other modules and the runtime have is found by the name of the class', async () => {
  const snapshot = await openSnapshot(run('made.cjs', PROGRAM)[0])
  const linesOf = (comment: string) =>
    PROGRAM.split('\n').flatMap((text, i) => (new RegExp(`//.*\\b${comment}\\b`).test(text) ? [i + 1] : []))
  for (const name of ['Socket', 'Server', 'HttpAgent', 'AbortController']) {
    const places = constructionsOf(snapshot, name)
    assert.deepEqual(
      places.map(({line}) => line),
      linesOf(name),
      name,
    )
    assert.ok(places.every(({script}) => script.endsWith('made.cjs')))
  }
  for (const name of ['Agent', 'Worker', '']) assert.deepEqual(constructionsOf(snapshot, name), [], name)
})
