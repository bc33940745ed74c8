/**
 * The forms that answers can have, a row each: `-o`, `--format`, their help and docs/commands.md come from here. To add one, write its
 * emitter, a row here, and its writer in `graph-answer.ts` (graphs) or `export.ts` (rows); the compiler asks for the latter.
 */

/**
 * What is shown: a table or sentences; findings on lines of code; a graph; the tree of dominators; a comparison of snapshots; what leaks between them; what a cut frees; memory over time;
 * bytes from makers to owners; sampled allocations; all nodes or edges, a row each; what SQL answers.
 */
export type Shown =
  | 'table'
  | 'findings'
  | 'graph'
  | 'dominators'
  | 'comparison'
  | 'leaks'
  | 'cut'
  | 'plot'
  | 'flow'
  | 'profile'
  | 'rows'
  | 'query'

interface FormatRow {
  name: string
  /** Of files, with the dot; the first is the usual one. */
  endings: readonly string[]
  /** What it can show. */
  shows: readonly Shown[]
  /** For docs: what it is for. */
  use: string
  isPicture?: boolean
}

const ANSWERS = [
  'table',
  'findings',
  'graph',
  'dominators',
  'comparison',
  'leaks',
  'cut',
  'plot',
  'flow',
  'profile',
  'query',
] as const
const DRAWN = ['graph', 'dominators', 'comparison', 'leaks', 'cut', 'plot', 'flow', 'profile'] as const
const DIAGRAMS = ['graph', 'dominators', 'comparison', 'leaks', 'cut'] as const
const GRAPHS = ['graph', 'dominators', 'comparison', 'leaks'] as const
const FOUND = ['findings', 'leaks'] as const

const ROWS = [
  {name: 'text', endings: ['.txt'], shows: ANSWERS, use: 'a terminal'},
  {name: 'json', endings: ['.json'], shows: ANSWERS, use: 'programs (docs/json.md)'},
  {name: 'dot', endings: ['.dot', '.gv'], shows: DIAGRAMS, use: 'Graphviz'},
  {name: 'svg', endings: ['.svg'], shows: DRAWN, use: 'a picture (docs/pictures.md)', isPicture: true},
  {name: 'png', endings: ['.png'], shows: DRAWN, use: 'a picture in pixels', isPicture: true},
  {name: 'html', endings: ['.html', '.htm'], shows: DRAWN, use: 'a page to look around in', isPicture: true},
  {name: 'mermaid', endings: ['.mmd'], shows: DIAGRAMS, use: 'Mermaid, in Markdown'},
  {name: 'gexf', endings: ['.gexf'], shows: GRAPHS, use: 'Gephi'},
  {name: 'graphml', endings: ['.graphml'], shows: GRAPHS, use: 'yEd, NetworkX, igraph'},
  {
    name: 'speedscope',
    endings: ['.speedscope.json'],
    shows: ['dominators', 'profile'],
    use: 'speedscope, as a flame graph',
  },
  {name: 'pprof', endings: ['.pb.gz', '.pprof'], shows: ['profile'], use: 'go tool pprof, and what else reads it'},
  {name: 'md', endings: ['.md'], shows: ['comparison', 'leaks'], use: 'a comment in Markdown'},
  {name: 'sarif', endings: ['.sarif'], shows: FOUND, use: 'code scanning: SARIF 2.1.0 (docs/ci.md)'},
  {name: 'github', endings: ['.github'], shows: FOUND, use: 'lines of a pull request, in a workflow of GitHub'},
  {name: 'gitlab', endings: ['.gitlab.json'], shows: FOUND, use: "GitLab's Code Quality report"},
  {name: 'junit', endings: ['.junit.xml'], shows: FOUND, use: 'test reports of CI systems'},
  {name: 'ndjson', endings: ['.ndjson', '.jsonl'], shows: ['rows', 'query'], use: 'jq, a JSON document a line'},
  {name: 'csv', endings: ['.csv'], shows: ['rows', 'query'], use: 'spreadsheets'},
  {name: 'parquet', endings: ['.parquet'], shows: ['rows', 'query'], use: 'DuckDB, pandas, Spark'},
] as const satisfies readonly FormatRow[]

type Row = (typeof ROWS)[number]

export type Format = Row['name']

/** The names of the formats that can show something: what a table of writers must have. */
export type FormatFor<S extends Shown, R = Row> = R extends {name: infer N; shows: readonly (infer T)[]}
  ? S extends T
    ? N
    : never
  : never

export const FORMATS: readonly (FormatRow & {name: Format})[] = ROWS

/** Names of the formats that can show something, in the order of the table. */
export function formatsFor<S extends Shown>(shown: S): FormatFor<S>[] {
  return FORMATS.filter(({shows}) => shows.includes(shown)).map(({name}) => name as FormatFor<S>)
}

export const PICTURE_FORMATS: readonly Format[] = FORMATS.filter(({isPicture}) => isPicture).map(({name}) => name)

/** The format that a file's name asks for; undefined for an unknown ending. The longest ending counts. */
export function formatOfFile(path: string, shown?: Shown): Format | undefined {
  const lower = path.toLowerCase()
  const fits = endingsFor(shown).filter(([ending]) => lower.endsWith(ending))
  return fits.sort(([a], [b]) => b.length - a.length)[0]?.[1]
}

/** `.txt .json …`, of one kind of answer or of all. */
export function knownEndings(shown?: Shown): string {
  return endingsFor(shown)
    .map(([ending]) => ending)
    .join(' ')
}

function endingsFor(shown: Shown | undefined): [ending: string, format: Format][] {
  return FORMATS.filter(({shows}) => shown === undefined || shows.includes(shown)).flatMap(({endings, name}) =>
    endings.map((ending): [string, Format] => [ending, name]),
  )
}
