/** `heapgraph index`: indexes made, listed and taken away. */
import {type Command, Option} from 'commander'
import {
  DEFAULT_LIMIT_BYTES,
  formatBytes,
  forTerminal,
  HeapgraphError,
  indexFolder,
  type ListedIndex,
  listIndexes,
  plural,
  prepare,
  pruneIndexes,
  saveIndex,
} from '../../index.ts'
import {type Context, keepingOptions, load, sayNext} from '../answer.ts'
import {indexOptions} from '../index-options.ts'
import {EXIT} from '../io.ts'
import {again, sizeArgument} from '../options.ts'

export function addIndex(context: Context, index: Command): void {
  const {io, outcome} = context

  index
    .command('build')
    .description('write the index of a snapshot, with everything that can be precomputed')
    .argument('<snapshot>')
    .action(async (file: string) => {
      if (file === '-') throw new HeapgraphError('USAGE', 'standard input cannot have an index', 'name a file')
      if (indexOptions(context).index === 'off') {
        throw new HeapgraphError('USAGE', 'no folder for indexes', 'name one with --index')
      }
      const snapshot = await load(context, file)
      context.loaded.splice(0)
      prepare(snapshot)
      const written = saveIndex(snapshot, {always: true})
      if (written === undefined) {
        throw new HeapgraphError(
          'UNREADABLE',
          `${file}: cannot have an index`,
          'it must be a regular file that does not change',
        )
      }
      io.stdout.write(`${forTerminal(written.path)}  ${formatBytes(written.bytes)}\n`)
      sayNext(io, keepingOptions(context, `heapgraph types ${again(file)}`))
    })

  index
    .command('list')
    .description('the indexes in the cache, least recently used first')
    .option('--json', 'for programs')
    .action((options: {json?: boolean}) => {
      const folder = folderOf(context)
      const found = listIndexes(folder)
      if (options.json) {
        io.stdout.write(`${JSON.stringify(found.map(forJson), null, 2)}\n`)
      } else if (found.length === 0) {
        io.stderr.write(`heapgraph: ${forTerminal(`no index in ${folder}`)}\n`)
      } else io.stdout.write(listText(found))
      if (found.length === 0) outcome.exitCode = EXIT.nothingFound
    })

  index
    .command('prune')
    .description('remove indexes that cannot be used, and the least recently used above a limit')
    .addOption(
      new Option('--limit <size>', 'size of the remaining ones in total')
        .argParser(sizeArgument)
        .default(DEFAULT_LIMIT_BYTES, formatBytes(DEFAULT_LIMIT_BYTES)),
    )
    .action(({limit}: {limit: number}) => {
      const {count, bytes} = pruneIndexes(folderOf(context), {limitBytes: limit})
      io.stdout.write(`${plural(count, 'file')} removed (${formatBytes(bytes)})\n`)
    })
}

function folderOf({io}: Context): string {
  const folder = indexFolder(io.env)
  if (folder !== undefined) return folder
  throw new HeapgraphError('USAGE', 'there is no index cache', 'set XDG_CACHE_HOME or HOME')
}

function forJson({path, bytes, usedMs, snapshot, state}: ListedIndex) {
  return {path, bytes, used: new Date(usedMs).toISOString(), snapshot: snapshot ?? null, state}
}

function listText(found: ListedIndex[]): string {
  const rows = found.map(({path, bytes, state, snapshot}) => {
    const what = forTerminal(snapshot ?? path)
    return `${formatBytes(bytes).padStart(9)}  ${state.padEnd(8)}  ${what}\n`
  })
  const total = found.reduce((sum, {bytes}) => sum + bytes, 0)
  return `${rows.join('')}${plural(found.length, 'index', 'indexes')}, ${formatBytes(total)}\n`
}
