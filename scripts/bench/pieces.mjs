/** Runs of the benchmark as data, so that one that takes hours can be made in pieces and put together. */
import {readFileSync} from 'node:fs'
import {arch, cpus, loadavg, release, totalmem, type} from 'node:os'
import {version} from './ours.mjs'

const load = () => loadavg()[0].toFixed(1)
const loadAtStart = load()

/** What a run has found so far, as JSON keeps it. */
export function pieceOf({settings: {runs, limitSeconds, budget}, peers, files, results, stages}) {
  const named = peers.filter(peer => peer.version !== undefined).map(peer => `${peer.tool} ${peer.version}`)
  const memory = `${(totalmem() / 1e9).toFixed(0)} GB`
  return {
    machines: [
      `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} threads, ${memory} of memory, ${type()} ${release()}, ${arch()}`,
    ],
    loads: [`${loadAtStart} and ${load()}`],
    versions: [`heapgraph ${version}`, `Node ${process.versions.node}`, ...new Set(named)],
    rules: [`${runs} rounds, ${budget} s in all, ${limitSeconds} s a run`],
    files,
    results,
    stages: [...stages],
  }
}

export function readPieces(paths) {
  return paths.map(path => JSON.parse(readFileSync(path, 'utf8')))
}

/**
 * All pieces as one, `stages` as a Map from a file's label to rows. A figure is known by file, question and tool; the last piece that
 * measured it counts. A file that two pieces have must be the same.
 */
export function merged(pieces) {
  const files = new Map()
  for (const file of pieces.flatMap(piece => piece.files)) {
    const known = files.get(file.label)
    if (known !== undefined && (known.bytes !== file.bytes || known.edges !== file.edges))
      throw new Error(`${file.label}: two pieces have different files of this name`)
    files.set(file.label, file)
  }
  const results = new Map()
  for (const result of pieces.flatMap(piece => piece.results)) {
    const key = JSON.stringify([result.file, result.question, result.tool])
    if (result.wall !== undefined || results.get(key)?.wall === undefined) results.set(key, result)
  }
  const ordered = [...files.values()].sort((a, b) => a.bytes - b.bytes)
  const place = file => (file === undefined ? -1 : ordered.findIndex(one => one.label === file))
  const questions = [...new Set([...results.values()].map(result => result.question))]
  const all = field => [...new Set(pieces.flatMap(piece => piece[field]))]
  return {
    machines: all('machines'),
    loads: pieces.flatMap(piece => piece.loads),
    versions: all('versions'),
    rules: all('rules'),
    files: ordered,
    results: [...results.values()].sort(
      (a, b) => place(a.file) - place(b.file) || questions.indexOf(a.question) - questions.indexOf(b.question),
    ),
    stages: new Map(pieces.flatMap(piece => piece.stages)),
  }
}
