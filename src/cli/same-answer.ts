/** Whether two answers say the same: in words, without what an answer has of how much there is. */

/** What is told of the file, of amounts in words, and of the one object that stands for many. */
const OF_AMOUNTS = new Set(
  'schema|snapshot|summary|verdict|limits|notes|path|preview|key|codeLines|nodes|edges|chains|cycles|fates|trend|effect'.split(
    '|',
  ),
)
/** How many owners there are: those beyond the first are told by nothing else. */
const WAYS = 'total'
/** Folders are shown as far as scripts of the file differ in them. */
const FOLDERS = /(?:[\w@.$+~-]+[\\/])+(?=[\w@.$+~-])/g

/**
 * The words of an answer in JSON: types, holders, patterns, files and lines, cuts; no counts, sizes and ids. The graph of an answer counts only where it has
 * no owners. Rows come in any order, since that is one of sizes.
 */
export function wordsOfAnswer(json: string): string {
  const answer = JSON.parse(json) as Record<string, unknown>
  const {owners} = answer
  const told = owners === undefined || owners === null ? withoutGraph(answer) : {...answer, nodes: [], edges: []}
  return JSON.stringify(words(told))
}

/** An answer that is nothing but a graph is told by the types and edges in it. */
function withoutGraph(answer: Record<string, unknown>): Record<string, unknown> {
  const {nodes, edges, chains, cycles, ...rest} = answer
  return {...rest, graph: {members: nodes, links: edges, rings: cycles, ways: chains}}
}

function words(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(FOLDERS, '').replace(/@\d+/g, '@')
  if (Array.isArray(value)) {
    const rows = value.map(item => JSON.stringify(words(item)))
    return [...new Set(rows)].sort()
  }
  if (value === null || typeof value !== 'object') return typeof value === 'boolean' ? value : null
  const entries = Object.entries(value).filter(
    ([key, of]) => !OF_AMOUNTS.has(key) && (typeof of !== 'number' || key === WAYS),
  )
  return Object.fromEntries(entries.map(([key, of]) => [key, typeof of === 'number' ? of : words(of)]))
}

/** Ids of the objects that an answer in JSON speaks of. */
export function idsOfAnswer(json: string): Set<number> {
  const found = new Set<number>()
  for (const [, id] of json.matchAll(/(?:"(?:id|exampleId)": ?|@)(\d+)/g)) found.add(Number(id))
  return found
}
