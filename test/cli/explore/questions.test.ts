/** What the explorer's page may ask: nothing that writes, starts, or reads another file. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {commandLine} from '../../../src/cli/explore/questions.ts'

const files = ['/snapshots/a b.heapsnapshot', '-x.heapsnapshot']

test('files are put in by number, values are bound to their options', () => {
  assert.deepEqual(commandLine(['why', '--type', '--output', '$0'], files), ['why', '--type=--output', files[0]])
  assert.deepEqual(commandLine(['show', '@12', '--limit', '5', '$1'], files), ['show', '@12', '--limit=5', files[1]])
  assert.deepEqual(commandLine(['leaks', '$0', '$1', '--format', 'json'], files), ['leaks', ...files, '--format=json'])
  assert.deepEqual(commandLine(['types', '--shallow', '$0'], files), ['types', '--shallow', files[0]])
})

test('whatever else a page sends is refused', () => {
  for (const asked of [
    undefined,
    'types',
    [],
    ['types', 7],
    ['types', ''],
    ['types', 'x'.repeat(5000)],
    Array.from({length: 65}, () => 'types'),
    ['capture', '--pid', '1'],
    ['doctor', '--', 'sh'],
    ['__proto__', '$0'],
    ['constructor'],
    ['types', '$2'],
    ['types', '/etc/passwd'],
    ['types', '-'],
    ['types', '$0', '-o', 'x'],
    ['types', '--output', 'x', '$0'],
    ['types', '--output=x', '$0'],
    ['types', '--index', 'x', '$0'],
    ['backrefs', '--graphviz', 'sh', '$0'],
    ['backrefs', '--open', '$0'],
    ['backrefs', '--link', 'https://example.org/{id}', '$0'],
    ['what-if', '--prove', '$0'],
    ['list', '--id', '-', '$0'],
    ['list', '--ids', '$0'],
    ['types', '--format', 'png', '$0'],
    ['types', '--limit', '1e9', '$0'],
    ['types', '--limit'],
    ['show', '12', '$0'],
    ['types', '--', '$0'],
  ]) {
    assert.throws(() => commandLine(asked, files), {code: 'USAGE'}, JSON.stringify(asked))
  }
})
