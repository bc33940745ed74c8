/** The line that names the next command is bounded, and says so where the command is too long for it. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {sayNext} from '../../src/cli/answer.ts'
import type {Io} from '../../src/cli/io.ts'

function nextLine(command: string): string {
  let said = ''
  const stream = {
    write: (text: string | Uint8Array) => {
      said += String(text)
      return true
    },
  }
  sayNext({stdout: stream, stderr: stream} as Io, command)
  return said
}

test('a next command is told whole up to 4,096 characters, and of a longer one what was left out', () => {
  const longest = 'heapgraph why --type '.padEnd(4096, 'x')
  assert.equal(nextLine(longest), `next: ${longest}\n`)
  for (const name of ['x', '漢', '\u001b[2J']) {
    const command = `heapgraph why --type ${name.repeat(1_000_000)} a.heapsnapshot`
    const line = nextLine(command)
    assert.match(line, /^next: left out, a command of [\d,]+ characters \(heapgraph why --type .*…\); give an @id/)
    assert.ok(line.length < 500 && line.endsWith('\n') && !line.includes('\u001b'), line)
  }
})
