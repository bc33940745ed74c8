/**
 * heapgraph for tests: `import {expectNoGrowth} from 'heapgraph/testing'`. Loads nothing that reads heaps: another thread does that.
 */
export {expectNoGrowth, type NoGrowthOptions} from './expect-no-growth.ts'
