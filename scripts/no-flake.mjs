/**
 * Whether the assertion for tests is to be relied on: `node scripts/no-flake.mjs [TIMES]` (20 by default) has it look at four real http
 * servers, two that leak and their mended twins, so many times each in a process of its own. Exit code 1 if any verdict is wrong.
 */
import {execFileSync} from 'node:child_process'
import {createRequire} from 'node:module'
import {fileURLToPath} from 'node:url'

const SERVERS = {
  'leaking-server': /held by sessions\.get\(…\) \(\S*leaking-server\.cjs:10\)/,
  'fixed-server': undefined,
  'leaking-listener': /leaking-listener\.cjs:9\)/,
  'fixed-listener': undefined,
}

const [first = '20'] = process.argv.slice(2)
if (first in SERVERS) await look(first)
else repeat(Number(first))

function repeat(times) {
  let wrong = 0
  for (const [name, words] of Object.entries(SERVERS)) {
    for (let i = 1; i <= times; i++) {
      const said = execFileSync(process.execPath, [fileURLToPath(import.meta.url), name], {encoding: 'utf8'})
      const isRight = words === undefined ? said === 'passed\n' : words.test(said)
      if (isRight) continue
      wrong++
      console.log(`${name}, time ${i}: ${said}`)
    }
    console.log(`${name}: looked at ${times} times`)
  }
  console.log(wrong === 0 ? 'every verdict was right' : `${wrong} verdicts were wrong`)
  process.exitCode = wrong === 0 ? 0 : 1
}

async function look(name) {
  const {expectNoGrowth} = await import('../dist/testing/index.js')
  const {startServer} = createRequire(import.meta.url)(`../fixtures/runners/${name}.cjs`)
  const server = await startServer()
  let number = 0
  const visit = async () => {
    const response = await fetch(`http://127.0.0.1:${server.address().port}/${number++}`)
    await response.text()
  }
  try {
    await expectNoGrowth(visit)
    console.log('passed')
  } catch (error) {
    console.log(error.message)
  }
  server.closeAllConnections()
  server.close()
}
