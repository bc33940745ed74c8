/** Help begins with examples: most people want a line to change, not a grammar. */
import type {Command} from 'commander'

/** A command line without its first word, and the question it answers. */
type Example = [line: string, question: string]

const PROGRAM_EXAMPLES: Example[] = [
  ['info app.heapsnapshot', 'what is this file?'],
  ['types app.heapsnapshot', 'what fills the heap?'],
  ['backrefs --type Buffer app.heapsnapshot', 'who keeps the Buffers alive?'],
  ['backrefs --type Buffer -o why.svg app.heapsnapshot', 'the same as a picture'],
  ['why @12345 app.heapsnapshot', 'which line of code must let go of this object?'],
  ['path --type Buffer --count 3 app.heapsnapshot', 'from the roots to a Buffer'],
  ["list --where 'type=Buffer and self>90' app.heapsnapshot", 'which of them? (docs/where.md)'],
  ['dominators app.heapsnapshot', 'where is the memory?'],
  ['cycles app.heapsnapshot', 'which objects refer to each other?'],
]

const EXAMPLES: Record<string, Example[]> = {
  info: [
    ['info app.heapsnapshot', 'who wrote it, how large is it, will it fit?'],
    ['info - < app.heapsnapshot.gz', 'the same of a packed file from a pipe'],
  ],
  types: [
    ['types app.heapsnapshot', 'the 30 largest types'],
    ['types --sort count --limit 10 app.heapsnapshot', 'the 10 most frequent'],
    ["types --filter '/^Req/' app.heapsnapshot", 'those that begin with Req'],
    ["types --where 'not /node_modules/' app.heapsnapshot", 'without what libraries made'],
    ['types --sort off-heap app.heapsnapshot', 'whose bytes lie outside of the heap, in backing stores?'],
  ],
  list: [
    ['list --type Buffer app.heapsnapshot', 'the largest Buffers'],
    ['list --type Buffer --sort id app.heapsnapshot', 'the oldest'],
    ['list --type Buffer --sort off-heap app.heapsnapshot', 'those of the most bytes, and which share them'],
    ["list --name '/secret/i' app.heapsnapshot", 'strings and functions by their text'],
    ["list --where 'type=Buffer and self>90' app.heapsnapshot", 'by more than the type'],
    ['list --type Buffer --ids app.heapsnapshot', 'ids alone, for --id - of another command'],
  ],
  show: [
    ['show @12345 app.heapsnapshot', 'one object, its holders and what it holds'],
    ['show @12345 --json app.heapsnapshot', 'the same for a program'],
  ],
  backrefs: [
    ['backrefs --type Buffer app.heapsnapshot', 'who keeps the Buffers alive?'],
    ['backrefs --type Buffer -o why.svg app.heapsnapshot', 'the same as a picture'],
    ['backrefs --type Buffer -o why.html app.heapsnapshot', 'as a page to look around in'],
    ['backrefs --id - app.heapsnapshot < ids.txt', 'these, by ids of list --ids'],
    ['backrefs --id @12345 --depth 6 app.heapsnapshot', 'who keeps this one object alive?'],
  ],
  why: [
    ['why @12345 app.heapsnapshot', 'who must let go of this object?'],
    ['why --type Buffer app.heapsnapshot', 'who must let go of the Buffers?'],
  ],
  refs: [
    ['refs --type Buffer app.heapsnapshot', 'what do the Buffers hold?'],
    ['refs --id @12345 --depth 2 app.heapsnapshot', 'what does this one object hold?'],
  ],
  path: [
    ['path --type Buffer app.heapsnapshot', 'the shortest way from a root to a Buffer'],
    ['path --id @12345 --count 3 app.heapsnapshot', 'the three shortest to this object'],
    ['path --type Buffer --avoid Map app.heapsnapshot', 'is there a way around the Maps?'],
    ['path --from Server --to Buffer app.heapsnapshot', 'how does a Server hold a Buffer?'],
    ['path --to Buffer --through Map app.heapsnapshot', 'and by way of a Map?'],
    ['path --type Buffer --raw app.heapsnapshot', "every edge of V8's on the way"],
  ],
  dominators: [
    ['dominators app.heapsnapshot', 'where is the memory?'],
    ['dominators @12345 --depth 5 app.heapsnapshot', 'what would go if this object went?'],
  ],
  detached: [
    ['detached page.heapsnapshot', 'DOM trees that are in no document, and their holders'],
    ['detached --json page.heapsnapshot', 'the same for a program'],
  ],
  export: [
    ['export -o app.parquet app.heapsnapshot', 'a row for each node, for DuckDB or pandas'],
    ['export --table edges -o refs.csv app.heapsnapshot', 'a row for each edge'],
    ["export app.heapsnapshot | jq -c 'select(.detachedness == 2)'", 'NDJSON for a pipe'],
  ],
  record: [
    ['record -- node app.js', 'does its memory grow?'],
    ['record -o rec.jsonl --summary -- npm start', 'all processes of it, and what they did in words'],
    ['record --pid 1234 --duration 5m', 'of a process that runs already'],
  ],
  plot: [
    ['plot rec.jsonl', 'peak, slope and verdict of each process'],
    ['plot rec.jsonl -o rec.svg', 'the same as a picture'],
    ['plot before.jsonl after.jsonl -o both.svg', 'two recordings over each other'],
    ['plot rec.jsonl --metric rss --from 30s --to 2m -o rec.svg', 'a window of it'],
  ],
  capture: [
    ['capture --pid 4711 -o app.heapsnapshot', 'of a running Node'],
    ['capture --port 9222 --target inbox -o page.heapsnapshot', 'of a page; chromium --remote-debugging-port=9222'],
    ['capture --pid 4711 --count 3 --between 30s -o app.heapsnapshot.gz', 'app-1 to app-3, to be compared, packed'],
    ['capture -o end.heapsnapshot -- node script.js', 'of what is left when a script ends'],
  ],
  watch: [
    ['watch --above 500MB -- node app.js', 'snapshots at 500 MB, 550 MB and 600 MB of heapUsed'],
    ['watch --growth 50MB --metric rss --max 2 -- node app.js', 'and whenever 50 MB more are resident'],
    ['watch --near-limit -- node --max-old-space-size=256 app.js', 'just before the heap is full'],
  ],
  doctor: [
    ['doctor --load ./load.sh -- node server.js', 'what leaks under this load?'],
    ['doctor --duration 10m -- node worker.js', 'and when it is left to itself?'],
    ['doctor --ready listening --load ./load.sh -o walk -- npm start', 'when it says so; all files into walk'],
  ],
  index: [
    ['index build app.heapsnapshot', 'make every later question fast'],
    ['index list', 'which snapshots have an index?'],
    ['index prune --limit 2GB', 'take the least recently used away'],
  ],
  growth: [
    ['growth base.heapsnapshot app.heapsnapshot', 'what grew, by type? The older one first'],
    ['growth --by holder base.heapsnapshot app.heapsnapshot', 'who holds more than before? Also of two processes'],
    ['growth --new --limit 10 base.heapsnapshot app.heapsnapshot', 'which objects are new?'],
    ['growth --format md base.heapsnapshot app.heapsnapshot', 'as Markdown, for a comment'],
  ],
  leaks: [
    ['leaks base.heapsnapshot app.heapsnapshot', 'who keeps what was made since the first?'],
    ['leaks base.heapsnapshot target.heapsnapshot final.heapsnapshot', 'before, during and after the work'],
    ['leaks -o why.svg base.heapsnapshot app.heapsnapshot', 'who holds the new objects, drawn'],
  ],
  suspects: [
    ['suspects app.heapsnapshot', 'where does much of the heap gather, and who holds it?'],
    ['suspects --min-share 5 app.heapsnapshot', 'from 5 % of the heap on'],
  ],
  assert: [
    ["assert --max 'Buffer=10' app.heapsnapshot", 'are there at most 10 Buffers?'],
    ["assert --max-retained 'Server=5MB' app.heapsnapshot", 'do the servers keep at most 5 MB?'],
    ['assert --no-growth app.heapsnapshot app.heapsnapshot', 'is there no more of anything than in the first?'],
    ["assert --no-path 'Child -> Buffer' app.heapsnapshot", 'does no Child hold a Buffer?'],
  ],
  strings: [
    ['strings app.heapsnapshot', 'which texts are there more than once, and who has them?'],
    ["strings --match '/secret/i' app.heapsnapshot", 'which strings contain it, and who holds them?'],
    ['strings --min-size 20B app.heapsnapshot', 'only where more is wasted'],
  ],
  waste: [
    ['waste app.heapsnapshot', 'which memory holds nothing?'],
    ['waste --limit 20 app.heapsnapshot', 'and who holds it, in more rows'],
  ],
  closures: [
    ['closures app.heapsnapshot', 'which variables does a scope keep though no function can use them any more?'],
    ['closures --limit 5 --json app.heapsnapshot', 'the 5 largest, for a program'],
  ],
  'what-if': [
    ["what-if --cut 'Server.cache' app.heapsnapshot", 'what goes if servers forget their cache?'],
    [
      "what-if --cut 'Server.cache' --cut 'Server.spare' --type Buffer app.heapsnapshot",
      'do two cuts free the Buffers?',
    ],
    ["what-if --cut 'Map(cache)' app.heapsnapshot", 'every variable and property `cache` that is a Map'],
    ["what-if --prove --cut 'cache[]' --pid 4711", 'is that so? Tried in the living program, which it changes'],
    ['what-if --cut @12345 app.heapsnapshot', 'if everybody let go of this object'],
  ],
  cycles: [
    ['cycles app.heapsnapshot', 'which objects refer to each other?'],
    ['cycles --type Child app.heapsnapshot', 'cycles through a Child only'],
    ['cycles --max-length 2 app.heapsnapshot', 'pairs, and objects that refer to themselves'],
  ],
}

const EXIT_CODES = 'Exit codes: 0 answered, 1 nothing found, 2 misuse or unreadable input.'

/** Gives the program and each of its commands their examples. */
export function addExamples(program: Command): void {
  program.addHelpText('before', exampleText(PROGRAM_EXAMPLES)).addHelpText('after', `\n${EXIT_CODES}`)
  for (const command of program.commands) {
    const examples = EXAMPLES[command.name()]
    if (examples !== undefined) command.addHelpText('before', exampleText(examples))
  }
}

function exampleText(examples: Example[]): string {
  const width = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, question]) => `  heapgraph ${line.padEnd(width)}  ${question}\n`)
  return `Examples:\n${lines.join('')}`
}
