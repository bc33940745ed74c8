/** What a test waits for has a limit of its own, so that a hang is told where it is. What these rules do not see, scripts/test-limit.mjs ends. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {ROOT} from '../cli/cli.ts'

const files = readdirSync(join(ROOT, 'test'), {recursive: true, encoding: 'utf8'})
  // Those two have the words in texts.
  .filter(path => path.endsWith('.ts') && !/(?:waits|test-limit)\.test\.ts$/.test(path))
  .map(path => ({path, text: readFileSync(join(ROOT, 'test', path), 'utf8')}))

/** From a call's name to the bracket that ends it, by the formatter's indentation: to the first line that is indented as the call's own. */
function* calls(name: RegExp): Generator<{where: string; text: string}> {
  for (const {path, text} of files) {
    const lines = text.split('\n')
    for (const [i, line] of lines.entries()) {
      if (!name.test(line)) continue
      const indentation = /^ */.exec(line)![0]
      const isEnd = (other: string) => other.startsWith(indentation) && /^[)\]}]/.test(other.slice(indentation.length))
      const isWhole = !/[([{]$/.test(line)
      const end = isWhole ? i : lines.findIndex((other, j) => j > i && isEnd(other))
      yield {where: `test/${path}:${i + 1}`, text: lines.slice(i, end + 1).join('\n')}
    }
  }
}

/** Also where the limit is in options above. */
const hasLimit = (text: string) => /timeout|HANG_MS|\boptions\)/.test(text)

test('hooks that wait, processes that are waited for, and loops that poll have a limit', () => {
  const hooks = [...calls(/\b(?:before|after|beforeEach|afterEach)\((?:$|async|\(\) => \w+\.close\(\), )/)]
  const processes = [...calls(/(?<!import .*)\b(?:execFileSync|spawnSync|execSync)\(/)]
  const loops = [...calls(/\bwhile \(.*(?:\bawait (?!at\b)|waitForTimeout|setTimeout)/)]
  assert.ok(hooks.length > 10 && processes.length > 10, 'they are found')
  const without = [...hooks, ...processes, ...loops].filter(({text}) => !hasLimit(text))
  assert.deepEqual(
    without.map(({where}) => where),
    [],
  )
})
