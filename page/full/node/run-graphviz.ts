/** Graphviz in the page's own thread, of the version that graphviz-cli has, as JavaScript: the policy of the page lets no WebAssembly run. */
import renderGraph from '@aduh95/viz.js/sync'
import {HOW_TO_SHRINK} from '../../../src/emit/picture/layout-options.ts'
import {HeapgraphError} from '../../../src/util/errors.ts'
import {plural} from '../../../src/util/units.ts'

/** See src/emit/picture/run-graphviz.ts; here it takes as long as it takes. */
export async function runGraphviz(dot: string, nodeCount: number): Promise<string> {
  try {
    return renderGraph(dot, {format: 'json0', engine: 'dot'})
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new HeapgraphError(
      'RENDER',
      `Graphviz failed (${why}): a diagram of ${plural(nodeCount, 'node')}`,
      HOW_TO_SHRINK,
    )
  }
}
