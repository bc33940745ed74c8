import assert from 'node:assert/strict'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {optionalPackage} from '../../src/files/optional-package.ts'
import {temporaryFolder} from '../cli/cli.ts'

const folder = temporaryFolder()
const before = process.cwd()
process.chdir(folder)
after(() => process.chdir(before))

function install(name: string, text: string): void {
  const place = join(folder, 'node_modules', name)
  mkdirSync(place, {recursive: true})
  writeFileSync(join(place, 'index.js'), text)
}

/** As from heapgraph's own place, where none of them is. */
const load = (name: string) => optionalPackage<{value: number}>(name, () => import(name))

test('the one of the project is found, and none is none', async () => {
  install('@heapgraph-test/peer', 'exports.value = 7')
  assert.equal((await load('@heapgraph-test/peer'))?.value, 7)
  assert.equal(await load('@heapgraph-test/missing'), undefined)
  assert.equal(await load('heapgraph-test-missing/part'), undefined)
})

test('one that is there and does not load is not called missing', async () => {
  install('heapgraph-test-broken', "throw new Error('no part for this machine')")
  await assert.rejects(load('heapgraph-test-broken'), {
    code: 'UNREADABLE',
    message: 'heapgraph-test-broken is installed, but cannot be loaded: no part for this machine',
  })
  install('heapgraph-test-needs', "require('heapgraph-test-native')")
  await assert.rejects(load('heapgraph-test-needs'), /is installed, but cannot be loaded: Cannot find module/)
})
