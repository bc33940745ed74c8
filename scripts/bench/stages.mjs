/**
 * Seconds of each stage of `types` and the memory after it, in one process, with the built library:
 *   node scripts/bench/stages.mjs FILE [--json]
 */
const started = performance.now()
const stages = []
const peak = () => process.resourceUsage().maxRSS * 1024

async function stage(name, work) {
  const from = performance.now()
  const cpu = process.cpuUsage()
  const value = await work()
  const {user, system} = process.cpuUsage(cpu)
  const seconds = (performance.now() - from) / 1000
  stages.push({name, seconds, cpuSeconds: (user + system) / 1e6, peakBytes: peak()})
  return value
}

const [file, flag] = process.argv.slice(2)
const library = path => import(new URL(`../../dist/${path}.js`, import.meta.url))
const use = await stage('load the program', async () => {
  const paths = ['index', 'analyze/graph/dominators', 'analyze/facts/edge-policy', 'analyze/facts/self-sizes']
  return Object.assign({}, ...(await Promise.all(paths.map(library))))
})
const snapshot = await stage('read', () => use.openSnapshot(file))
await stage('WeakMap entries', () => snapshot.ephemerons)
await stage('detachedness', () => snapshot.detachedness)
await stage('types', () => snapshot.types)
await stage('self sizes', () => use.selfSizes(snapshot, 'devtools'))
await stage('distances', () => use.distances(snapshot))
await stage('retaining edges', () => use.retainingEdges(snapshot))
await stage('dominators', () => use.dominatorTree(snapshot))
await stage('retained sizes', () => use.retainedSizes(snapshot, 'devtools'))
const answer = await stage('rows', () => use.types(snapshot))
await stage('text', () => use.typesText(use.typesView(answer)))
stages.push({name: 'all', seconds: (performance.now() - started) / 1000, peakBytes: peak(), cpuSeconds: cpuSeconds()})

function cpuSeconds() {
  const {user, system} = process.cpuUsage()
  return (user + system) / 1e6
}

if (flag === '--json') console.log(JSON.stringify({stages, nodes: snapshot.nodeCount, edges: snapshot.edgeCount}))
else {
  console.log(`${snapshot.nodeCount} nodes, ${snapshot.edgeCount} edges`)
  for (const {name, seconds, cpuSeconds, peakBytes} of stages) {
    const columns = [
      seconds.toFixed(3).padStart(8),
      cpuSeconds.toFixed(3).padStart(8),
      (peakBytes / 1e6).toFixed(0).padStart(7),
    ]
    console.log(`${columns[0]} s wall${columns[1]} s CPU${columns[2]} MB peak  ${name}`)
  }
}
