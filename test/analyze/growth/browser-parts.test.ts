/** What a browser keeps for itself is no suspect, however large. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {suspectsView} from '../../../src/graph/views/suspects-view.ts'
import {heapOf} from '../../support/ascii-heap.ts'

const heapWith = (name: string) => `
  root -> window.app -> A
  root -> window -element:3-> document -element:1-> cache -element:1-> part1
  cache -element:2-> part2
  A: object App 10
  document: native HTMLDocument 10
  cache: native "blink::MemoryCache" 10
  part1: native "${name}" 10000
  part2: native "${name}" 10000`

test("Blink's own parts are no suspects, people's elements are", async () => {
  const typesOf = async (name: string) => {
    const {rows} = suspectsView(await heapOf(heapWith(name).replaceAll('-element', ' -element')))
    return rows.map(({accumulation, instances}) => accumulation?.type ?? instances?.type)
  }
  assert.ok(!(await typesOf('blink::Resource')).some(type => type?.startsWith('blink::')))
  assert.ok((await typesOf('<canvas>')).includes('<canvas>'))
})
