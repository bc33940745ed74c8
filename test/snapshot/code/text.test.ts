import assert from 'node:assert/strict'
import {test} from 'node:test'
import {scriptNames} from '../../../src/snapshot/code/places.ts'
import {readText, textOf} from '../../../src/snapshot/code/text.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'

const read = (heap: DrawnHeap, label: string, length = 100) => readText(heap, heap.node(label), length)

test('every kind of string is read, and what the file has not is told', async () => {
  const heap = await heapOf(`
    root -> flat
    flat: string "flat"
    thin: string ""
    thin -internal:actual-> flat
    empty: string ""
    rope: concatenated-string "(concatenated string)"
    rope -internal:first-> inner
    rope -internal:second-> end
    inner: concatenated-string "(concatenated string)"
    inner -internal:first-> flat
    inner -internal:second-> thin
    end: string "!"
    part: sliced-string "(sliced string)"
    part -internal:parent-> flat
    told: sliced-string "at"
    half: concatenated-string "(concatenated string)"
    half -internal:first-> part
    half -internal:second-> end
    long: string "${'x'.repeat(1024)}" 2048
    whole: string "${'y'.repeat(1023)}" 1040
    wide: string "${'é'.repeat(100)}ž" 224
    outside: string "${'z'.repeat(2048)}" 32
    newer: string "${'w'.repeat(1030)}" 32
    newer -internal:length-> count
    count: number int 0
    count -internal:value-> digits
    digits: string "2000"
    all: string "${'v'.repeat(1024)}" 24
    all -internal:length-> same
    same: number int 0
    same -internal:value-> number
    number: string "1024"
    object: object Object
  `)
  const known = (text: string) => ({text, isKnown: true, isWhole: true})
  assert.deepEqual(read(heap, 'flat'), known('flat'))
  assert.deepEqual(read(heap, 'thin'), known('flat'))
  assert.deepEqual(read(heap, 'empty'), known(''))
  assert.deepEqual(read(heap, 'rope'), known('flatflat!'))
  assert.deepEqual(read(heap, 'told'), known('at'))
  assert.deepEqual(read(heap, 'part'), {text: '…', isKnown: false, isWhole: false})
  assert.deepEqual(read(heap, 'half'), {text: '…!', isKnown: false, isWhole: false})
  assert.equal(textOf(heap, heap.node('half')), undefined)
  assert.equal(textOf(heap, heap.node('object')), undefined)
  assert.equal(read(heap, 'object'), undefined)
  assert.deepEqual(read(heap, 'rope', 5), {text: 'flatflat', isKnown: true, isWhole: false})
  const isWhole = (label: string) => read(heap, label, 10_000)?.isWhole
  assert.deepEqual(['long', 'whole', 'wide', 'outside', 'newer', 'all'].map(isWhole), [
    false,
    true,
    true,
    false,
    false,
    true,
  ])
})

test('ropes that are deep or lead into themselves end', async () => {
  const depth = 20_000
  const links = Array.from({length: depth}, (_, i) => [
    `c${i}: concatenated-string "(concatenated string)"`,
    `c${i} -internal:first-> ${i + 1 === depth ? 'leaf' : `c${i + 1}`}`,
    `c${i} -internal:second-> leaf`,
  ])
  const heap = await heapOf(`
    root -> c0
    leaf: string "ab"
    ${links.flat().join('\n')}
    ring: concatenated-string "(concatenated string)"
    ring -internal:first-> ring
    ring -internal:second-> ring
    turn: concatenated-string "(concatenated string)"
    turn -internal:first-> leaf
    turn -internal:second-> turn
    self: string ""
    self -internal:actual-> self
  `)
  assert.deepEqual(read(heap, 'c0', 1_000_000), {text: 'ab'.repeat(depth + 1), isKnown: true, isWhole: true})
  assert.deepEqual(read(heap, 'c0'), {text: '', isKnown: true, isWhole: false})
  assert.deepEqual(read(heap, 'ring'), {text: '', isKnown: true, isWhole: false})
  assert.deepEqual(read(heap, 'turn', 7), {text: 'abababab', isKnown: true, isWhole: false})
  assert.deepEqual(read(heap, 'self'), {text: '', isKnown: true, isWhole: false})
})

test("a script's name may be joined of parts", async () => {
  const heap = await heapOf(`
    root -> f
    f: closure f 64 at 7:1:1
    f -internal:shared-> shared
    shared: code "(shared function info)"
    shared -internal:script-> script
    script: code "(script)"
    script -internal:name-> name
    name: concatenated-string "(concatenated string)"
    name -internal:first-> scheme
    name -internal:second-> path
    scheme: string "file://"
    path: string "/srv/app.mjs"
  `)
  assert.deepEqual([...scriptNames(heap)], [[7, '/srv/app.mjs']])
})
