// A test that fails if the code under test keeps objects: node --test leak.test.mjs
import {test} from 'node:test'
import {expectNoGrowth} from 'heapgraph/testing'

class Session {}

test('a closed session is let go of', async () => {
  const open = new Map()
  await expectNoGrowth(() => {
    const id = open.size
    open.set(id, new Session())
    open.delete(id)
  })
})
