/** What an agent may ask: few tools, each of which is a command line. No option that writes or starts anything is among their arguments. */
import {HeapgraphError} from '../../index.ts'
import {DEFAULT_TOKENS, MAX_TOKENS, MIN_TOKENS} from './budget.ts'

export type ToolArguments = Readonly<Record<string, unknown>>

/** JSON Schema of one argument. */
type Property = Readonly<Record<string, unknown>>

export interface Tool {
  name: string
  title: string
  description: string
  properties: Readonly<Record<string, Property>>
  required: readonly string[]
  /** Words of the command line. `files`: the real paths of those that were named. */
  line(given: ToolArguments, files: readonly string[]): string[]
  /** What to ask next. */
  next: string
}

/** The words of an agent are short. */
const MAX_LENGTH = 2000

const TEXT = {type: 'string', minLength: 1, maxLength: MAX_LENGTH}
const FILE = {...TEXT, description: 'a snapshot, as open lists it'}
const ID = {type: 'string', pattern: '^@?[0-9]{1,16}$', description: "V8's id of one object, such as @12345"}
const TYPE = {...TEXT, description: 'objects of this type (constructor name), or /regex/'}
const WHERE = {...TEXT, description: "only objects that pass, such as 'retained>1mb and not /node_modules/'"}
const LIMIT = {type: 'integer', minimum: 1, maximum: 200, description: 'rows at the most'}
const LINES = {
  type: 'integer',
  minimum: 0,
  maximum: 40,
  description: 'lines of code shown around a finding; 3 unless given',
}

/** Of every tool. */
export const MAX_TOKENS_PROPERTY = {
  type: 'integer',
  minimum: MIN_TOKENS,
  maximum: MAX_TOKENS,
  description: `tokens that the answer may have; ${DEFAULT_TOKENS} unless given`,
}

const SELECTOR = {type: TYPE, id: ID, where: WHERE}

/** `--option=value` in one word: a value that begins with a dash is no option. */
function option(name: string, value: unknown): string[] {
  return value === undefined ? [] : [`--${name}=${value}`]
}

function selector({type, id, where}: ToolArguments): string[] {
  if (type === undefined && id === undefined && where === undefined)
    throw new HeapgraphError('USAGE', 'which objects is not said', 'give type, id or where')
  return [...option('type', type), ...option('id', id), ...option('where', where)]
}

/** It stands before the command: an option of the program. */
function codeLines({code_lines}: ToolArguments): string[] {
  return option('code', code_lines)
}

const PICTURES = ['backrefs', 'why', 'path', 'dominators', 'cycles']
/** Of the whole heap, not of some objects. */
const PICTURES_OF_ALL: ReadonlySet<string> = new Set(['dominators', 'cycles'])

export const TOOLS: readonly Tool[] = [
  {
    name: 'types',
    title: 'What fills the heap',
    description:
      'The types with the most bytes: objects, self size, retained size (what would be freed with them), place of the constructor. Start here with one snapshot.',
    properties: {
      file: FILE,
      by: {
        enum: ['type', 'shape', 'script', 'package', 'realm', 'allocated'],
        description: 'what a row is; type unless given',
      },
      sort: {enum: ['retained', 'self', 'off-heap', 'count', 'name']},
      where: WHERE,
      limit: LIMIT,
    },
    required: ['file'],
    line: ({by, sort, where, limit}, files) => [
      'types',
      ...option('by', by),
      ...option('sort', sort),
      ...option('where', where),
      ...option('limit', limit),
      ...files,
    ],
    next: 'why with a type of the program that has many objects or much retained; leaks with the same file',
  },
  {
    name: 'objects',
    title: 'The objects of a type',
    description: 'Single objects, largest first, with their ids, for show, path and why.',
    properties: {file: FILE, ...SELECTOR, sort: {enum: ['retained', 'self', 'off-heap', 'id']}, limit: LIMIT},
    required: ['file'],
    line: (given, files) => [
      'list',
      ...selector(given),
      ...option('sort', given.sort),
      ...option('limit', given.limit ?? 10),
      ...files,
    ],
    next: 'why or show with an id',
  },
  {
    name: 'why',
    title: 'Who must let go',
    description:
      'Every independent owner of the objects, in code: the variable, property or listener that keeps them, its file and line with the lines around it, how many objects and bytes it keeps, and the cut that frees them.',
    properties: {file: FILE, ...SELECTOR, code_lines: LINES},
    required: ['file'],
    line: (given, files) => [...codeLines(given), 'why', ...selector(given), ...files],
    next: 'what_if with the cut that is named, to see what it frees',
  },
  {
    name: 'path',
    title: 'Shortest retaining path',
    description: 'The shortest path from a root to an object, or to some object of a type, step by step.',
    properties: {
      file: FILE,
      ...SELECTOR,
      count: {type: 'integer', minimum: 1, maximum: 10, description: 'how many paths'},
    },
    required: ['file'],
    line: (given, files) => ['path', ...selector(given), ...option('count', given.count), ...files],
    next: 'show with the id of a step; why for all owners, of which a path shows one',
  },
  {
    name: 'show',
    title: 'One object',
    description: 'One object by its id: its sizes, what holds it, and what it holds.',
    properties: {file: FILE, id: ID, limit: LIMIT},
    required: ['file', 'id'],
    line: ({id, limit}, files) => [
      'show',
      `@${String(id).replace('@', '')}`,
      ...option('limit', limit ?? 10),
      ...files,
    ],
    next: 'show with the id of a neighbor; why with its id',
  },
  {
    name: 'leaks',
    title: 'What leaks, and which line must let go',
    description:
      'Of two or three snapshots of one process, in the order in which they were taken (before, during, after the work): what was made since and is kept, by whom, at which line. Of one snapshot: what looks like a leak, which is less sure. Start here with several snapshots.',
    properties: {
      files: {
        type: 'array',
        items: FILE,
        minItems: 1,
        maxItems: 3,
        description: 'one to three snapshots, oldest first',
      },
      limit: LIMIT,
      code_lines: LINES,
    },
    required: ['files'],
    line: (given, files) => [
      ...codeLines(given),
      ...(files.length === 1 ? ['suspects'] : ['leaks', ...option('limit', given.limit ?? 5)]),
      ...files,
    ],
    next: 'what_if with the cut of the first suspect on the last snapshot; growth to see all types that grew',
  },
  {
    name: 'growth',
    title: 'What grew',
    description: 'Types (or holders, or paths) with more objects or bytes in each snapshot of one process.',
    properties: {
      files: {type: 'array', items: FILE, minItems: 2, maxItems: 8, description: 'snapshots, oldest first'},
      by: {enum: ['type', 'holder', 'path'], description: 'what a row is; type unless given'},
      limit: LIMIT,
    },
    required: ['files'],
    line: ({by, limit}, files) => ['growth', ...option('by', by), ...option('limit', limit ?? 15), ...files],
    next: 'leaks with the same files says who keeps it',
  },
  {
    name: 'what_if',
    title: 'What a fix would free',
    description:
      "What would be freed if references were removed, by type: cuts as why and leaks name them ('Server.cache', 'sessions[]', 'scope var x', 'on \"event\"', @id).",
    properties: {
      file: FILE,
      cuts: {type: 'array', items: TEXT, minItems: 1, maxItems: 10},
      type: TYPE,
      limit: LIMIT,
    },
    required: ['file', 'cuts'],
    line: ({cuts, type, limit}, files) => [
      'what-if',
      ...(cuts as string[]).map(cut => `--cut=${cut}`),
      ...option('type', type),
      ...option('limit', limit ?? 10),
      ...files,
    ],
    next: 'why with what is not freed says who else keeps it',
  },
  {
    name: 'query',
    title: 'SQL over the heap',
    description:
      'One SELECT, as DuckDB has it, over the tables node, edge, string, type, owner, growth, and one table for each class with a column for each property: SELECT state, count(*) FROM "Session" GROUP BY state. Needs @duckdb/node-api.',
    properties: {
      files: {type: 'array', items: FILE, minItems: 1, maxItems: 8},
      sql: {...TEXT, description: 'one SELECT'},
      limit: LIMIT,
    },
    required: ['files', 'sql'],
    line: ({sql, limit}, files) => ['sql', ...option('limit', limit ?? 50), '--', String(sql), ...files],
    next: 'why or show with an id of a row',
  },
  {
    name: 'picture',
    title: 'A picture of who keeps what',
    description:
      'Retainers (backrefs), owners (why), the shortest path, dominators or cycles as a diagram: Mermaid or DOT as text; SVG only where the server has a folder to write to.',
    properties: {
      file: FILE,
      of: {enum: PICTURES, description: 'which question it is of'},
      ...SELECTOR,
      form: {enum: ['mermaid', 'dot', 'svg'], description: 'mermaid unless given'},
    },
    required: ['file', 'of'],
    line: ({of, form, ...given}, files) => [
      String(of),
      ...(PICTURES_OF_ALL.has(String(of)) ? [] : selector(given)),
      ...option('format', form ?? 'mermaid'),
      ...files,
    ],
    next: 'why says the same in words, with lines of code',
  },
]
