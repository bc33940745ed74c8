/** What the views of the explorer ask, as words of command lines. A report answers the same questions ahead. */
import type {KnownNote} from '../../graph/views/known.ts'

/** Rows that a table of the page is given. */
const LIMIT = ['--limit', '5000']

/** Of one snapshot. */
export const QUESTIONS = {
  info: ['info'],
  suspects: ['suspects'],
  largestTypes: ['types', '--limit', '12'],
  // A row has a text and its holders, some 2 kB: more rows would keep the page busy while it reads them.
  strings: ['strings', '--limit', '1000'],
  waste: ['waste', ...LIMIT],
  closures: ['closures', ...LIMIT],
  detached: ['detached', ...LIMIT],
  async: ['async', '--limit', '500'],
} as const

export interface TypesWords {
  by?: string
  filter?: string
  where?: string
}

export function typesQuestion({by = 'type', filter = '', where = ''}: TypesWords = {}): string[] {
  return [
    'types',
    ...['--by', by],
    ...LIMIT,
    ...(filter === '' ? [] : ['--filter', filter]),
    ...(where === '' ? [] : ['--where', where]),
  ]
}

/** `selector`: `--type`, `--id` and the like, with their values. */
export function listQuestion(selector: readonly string[], columns = ''): string[] {
  return ['list', ...selector, ...LIMIT, '--histogram', ...(columns === '' ? [] : ['--columns', columns])]
}

/** The same objects by the value of a property. `where`: what chooses them, as an expression. */
export function valuesQuestion(where: string, property: string): string[] {
  return ['types', '--by', `prop.${property}`, ...LIMIT, '--where', where]
}

export function showQuestion(id: string): string[] {
  return ['show', `@${id}`, '--limit', '2000']
}

export function whyQuestion(selector: readonly string[]): string[] {
  return ['why', ...selector]
}

export function cutsQuestion(cuts: readonly string[]): string[] {
  return ['what-if', ...cuts.flatMap(cut => ['--cut', cut]), '--limit', '1000']
}

/** What is around objects, merged by type, farther and wider than cards have room for. */
export function aroundQuestion(selector: readonly string[], way: 'backrefs' | 'refs', depth: string): string[] {
  return [way, ...selector, '--depth', depth, '--fan', '40']
}

/** Of several. */
export function comparisons(files: number): {leaks: string[]; growth: string[]} {
  const all = Array.from({length: files}, (_, i) => `$${i}`)
  return {leaks: ['leaks', ...all], growth: ['growth', ...LIMIT, ...all]}
}

export function areasPicture(form = 'treemap', depth = ''): string[] {
  return ['dominators', '--view', form, ...(depth === '' ? [] : ['--depth', depth])]
}

/** `file`: of a recording. */
export function plotQuestion(file: number, metric = ''): string[] {
  return ['plot', ...(metric === '' ? [] : ['--metric', metric]), `$${file}`]
}

export const CYCLES_PICTURE = ['cycles']
/** Who made objects beside who keeps them, of files with allocation stacks. */
export const MAKERS_PICTURE = ['makers']

export function holdersPicture(id: string): string[] {
  return ['backrefs', '--id', id, '--depth', '3', '--fan', '4']
}

/** The words for an answer as JSON; of the file with this number, unless they name theirs. */
export function forJson(words: readonly string[], file: number): string[] {
  return [...words, '--format', 'json', ...fileOf(words, file)]
}

/** The words for a picture to look around in, as a part of the page. */
export function forPicture(words: readonly string[], file: number): string[] {
  return [...words, '--format', 'html', '--bare', ...fileOf(words, file)]
}

function fileOf(words: readonly string[], file: number): string[] {
  return words.some(word => /^\$\d+$/.test(word)) ? [] : [`$${file}`]
}

/** What was answered to a command line. */
export interface ExploreAnswer {
  code: number
  stdout: string
  stderr: string
  /** The same question for a terminal. */
  command: string
}

/** What was said of suspects, and where it is kept; null if it cannot be. */
export interface NotesAnswer {
  file: string | null
  notes: readonly KnownNote[]
}

/** Of a page that has its answers in itself. */
export interface ReportData {
  /** As they were named on the command line. */
  files: readonly string[]
  /** Of memory over time; numbered behind the files. */
  recordings: readonly string[]
  /** By type: properties that its list has as columns. */
  columns: Record<string, string>
  /** By the words of their questions, as JSON. */
  answers: Record<string, ExploreAnswer>
  /** What was said of suspects. */
  notes: readonly KnownNote[]
  /** What was asked and is not in the file, since it would be too large: for terminals. */
  leftOut: readonly string[]
  /** Of one that answers everything. */
  full?: FullReport
}

/** Elements of the page with gzip as base64, by their ids. */
export interface FullReport {
  /** The program of the thread that answers. */
  engine: string
  /** What it finds as files: `modified` in milliseconds since 1970. */
  brought: readonly {path: string; element: string; modified: number}[]
}

/** Where the page has its second script; what that makes is called `webgl`. */
export const WEBGL_ELEMENT = 'webgl-script'
