/**
 * All commands, a row each, in the order of the help: the help, the docs, completion and the man page come from here. To add one, write its
 * analysis, its view and its file of options, and a row here. What is behind a row is loaded only if the command line names it.
 */
import type {Command} from 'commander'
import type {Context} from './answer.ts'

/** A command line without its first word, and the question it answers. */
export type Example = readonly [line: string, question: string]

export interface CommandRow {
  name: string
  summary: string
  examples: readonly Example[]
  /** Gives the command its options, and what it does. */
  load: () => Promise<(context: Context, command: Command) => void>
}

export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'info',
    summary: 'who wrote a snapshot and what is in it, without loading it',
    examples: [
      ['info app.heapsnapshot', 'who wrote it, how large is it, will it fit?'],
      ['info - < app.heapsnapshot.gz', 'the same of a packed file from a pipe'],
    ],
    load: () => import('./commands/table-commands.ts').then(file => file.addInfo),
  },
  {
    name: 'types',
    summary: 'what fills the heap, by type',
    examples: [
      ['types app.heapsnapshot', 'the 30 largest types'],
      ['types --sort count --limit 10 app.heapsnapshot', 'the 10 most frequent'],
      ["types --filter '/^Req/' app.heapsnapshot", 'those that begin with Req'],
      ["types --where 'not /node_modules/' app.heapsnapshot", 'without those that libraries made'],
      ['types --by package app.heapsnapshot', 'whose code made it, or alone holds it?'],
      ['types --by realm page.heapsnapshot', 'how much is each iframe, extension or vm context?'],
      ['types --by allocated app.heapsnapshot', 'which functions made what is there? (docs/makers.md)'],
      ['types --sort off-heap app.heapsnapshot', 'whose bytes lie outside of the heap, in backing stores?'],
    ],
    load: () => import('./commands/table-commands.ts').then(file => file.addTypes),
  },
  {
    name: 'list',
    summary: 'the objects of a type',
    examples: [
      ['list --type Buffer app.heapsnapshot', 'the largest Buffers'],
      ['list --type Buffer --sort id app.heapsnapshot', 'the oldest'],
      ['list --type Buffer --sort off-heap app.heapsnapshot', 'those of the most bytes, and which share them'],
      ["list --name '/secret/i' app.heapsnapshot", 'strings and functions by their text'],
      ["list --where 'type=Buffer and self>90' app.heapsnapshot", 'by more than the type'],
      [
        'list --type Buffer --columns length,parent --histogram app.heapsnapshot',
        'with values of properties, and how many are how large',
      ],
      ['list --type Buffer --ids app.heapsnapshot', 'ids alone, for --id - of another command'],
    ],
    load: () => import('./commands/table-commands.ts').then(file => file.addList),
  },
  {
    name: 'show',
    summary: 'one object: sizes, who holds it, what it holds',
    examples: [
      ['show @12345 app.heapsnapshot', 'one object, its holders and what it holds'],
      ['show @12345 --json app.heapsnapshot', 'the same for a program'],
    ],
    load: () => import('./commands/table-commands.ts').then(file => file.addShow),
  },
  {
    name: 'detached',
    summary: 'detached DOM trees: in no document, but still alive',
    examples: [
      ['detached page.heapsnapshot', 'DOM trees that are in no document, and their holders'],
      ['detached --json page.heapsnapshot', 'the same for a program'],
    ],
    load: () => import('./commands/table-commands.ts').then(file => file.addDetached),
  },
  {
    name: 'backrefs',
    summary: 'what keeps objects alive: who holds them, merged by type',
    examples: [
      ['backrefs --type Buffer app.heapsnapshot', 'who keeps the Buffers alive?'],
      ['backrefs --type Buffer -o why.svg app.heapsnapshot', 'the same as a picture'],
      ['backrefs --type Buffer -o why.html app.heapsnapshot', 'as a page to look around in'],
      ['backrefs --id - app.heapsnapshot < ids.txt', 'these, by ids of list --ids'],
      ['backrefs --id @12345 --depth 6 app.heapsnapshot', 'who keeps this one object alive?'],
    ],
    load: () => import('./commands/graph-commands.ts').then(file => file.addBackrefs),
  },
  {
    name: 'refs',
    summary: 'what objects hold, merged by type',
    examples: [
      ['refs --type Buffer app.heapsnapshot', 'what do the Buffers hold?'],
      ['refs --id @12345 --depth 2 app.heapsnapshot', 'what does this one object hold?'],
    ],
    load: () => import('./commands/graph-commands.ts').then(file => file.addRefs),
  },
  {
    name: 'why',
    summary: 'who must let go: every independent owner of objects, in code, with its line',
    examples: [
      ['why @12345 app.heapsnapshot', 'who must let go of this object?'],
      ['why --type Buffer app.heapsnapshot', 'who must let go of the Buffers?'],
    ],
    load: () => import('./commands/graph-commands.ts').then(file => file.addWhy),
  },
  {
    name: 'path',
    summary: 'the shortest chains from a root to an object, or between any two sets of objects',
    examples: [
      ['path --type Buffer app.heapsnapshot', 'the shortest path from a root to a Buffer'],
      ['path --id @12345 --count 3 app.heapsnapshot', 'the three shortest to this object'],
      ['path --type Buffer --avoid Map app.heapsnapshot', 'is there a path around the Maps?'],
      ['path --from Server --to Buffer app.heapsnapshot', 'how does a Server hold a Buffer?'],
      ['path --to Buffer --through Map app.heapsnapshot', 'and one through a Map?'],
      ['path --type Buffer --raw app.heapsnapshot', 'every V8 edge on the path'],
    ],
    load: () => import('./commands/graph-commands.ts').then(file => file.addPath),
  },
  {
    name: 'dominators',
    summary: 'where the memory is: the largest retained objects, as a tree',
    examples: [
      ['dominators app.heapsnapshot', 'where is the memory?'],
      ['dominators @12345 --depth 5 app.heapsnapshot', 'what would be freed with this object?'],
    ],
    load: () => import('./commands/graph-commands.ts').then(file => file.addDominators),
  },
  {
    name: 'cycles',
    summary: 'reference cycles, by pattern, and what holds each',
    examples: [
      ['cycles app.heapsnapshot', 'which objects refer to each other?'],
      ['cycles --type Child app.heapsnapshot', 'cycles through a Child only'],
      ['cycles --max-length 2 app.heapsnapshot', 'pairs, and objects that refer to themselves'],
    ],
    load: () => import('./commands/graph-commands.ts').then(file => file.addCycles),
  },
  {
    name: 'assert',
    summary: 'whether a heap is as it should be, for CI: exit code 1 and the holders if not',
    examples: [
      ["assert --max 'Buffer=10' app.heapsnapshot", 'are there at most 10 Buffers?'],
      ["assert --max-retained 'Server=5MB' app.heapsnapshot", 'do the servers keep at most 5 MB?'],
      ['assert --no-growth app.heapsnapshot app.heapsnapshot', 'is there no more of anything than in the first?'],
      ["assert --no-path 'Child -> Buffer' app.heapsnapshot", 'does no Child hold a Buffer?'],
    ],
    load: () => import('./commands/assert-command.ts').then(file => file.addAssert),
  },
  {
    name: 'strings',
    summary: 'equal strings, substrings that keep large strings alive, and concatenations',
    examples: [
      ['strings app.heapsnapshot', 'which texts are there more than once, and who has them?'],
      ["strings --match '/secret/i' app.heapsnapshot", 'which strings contain it, and who holds them?'],
      ['strings --min-size 20B app.heapsnapshot', 'only where more is wasted'],
    ],
    load: () => import('./commands/waste-commands.ts').then(file => file.addStrings),
  },
  {
    name: 'waste',
    summary: 'memory that holds nothing: empty and oversized collections, equal objects, and the like',
    examples: [
      ['waste app.heapsnapshot', 'which memory holds nothing?'],
      ['waste --limit 20 app.heapsnapshot', 'and who holds it, in more rows'],
    ],
    load: () => import('./commands/waste-commands.ts').then(file => file.addWaste),
  },
  {
    name: 'async',
    summary: 'what waits and is open: promises, AsyncLocalStorage, timers, listeners, handles, streams, signals',
    examples: [
      ['async app.heapsnapshot', 'which await, timer or listener is there how often, and where?'],
      ['async --limit 30 --json app.heapsnapshot', 'more rows of each kind, for a program'],
    ],
    load: () => import('./commands/async-command.ts').then(file => file.addAsync),
  },
  {
    name: 'makers',
    summary: 'who made objects beside who keeps them, of a snapshot taken while allocations were tracked',
    examples: [
      ['makers app.heapsnapshot', 'which functions made what is there, and what keeps it?'],
      ["makers --where 'type=Session' app.heapsnapshot", 'the same of the Sessions'],
      ['makers -o makers.html app.heapsnapshot', 'as a picture: bands from makers to owners'],
    ],
    load: () => import('./commands/makers-command.ts').then(file => file.addMakers),
  },
  {
    name: 'allocations',
    summary: 'which functions and packages allocate, by a sampled profile (.heapprofile), or what changed between two',
    examples: [
      ['allocations app.heapprofile', 'which functions of the application have allocated most?'],
      ['allocations --by package app.heapprofile', 'whose code is that?'],
      ['allocations before.heapprofile after.heapprofile', 'what allocates more than before?'],
      ['allocations all.heapprofile --with there.heapprofile', 'what is allocated much and stays, and what goes?'],
      ['allocations -o app.html app.heapprofile', 'as a flame graph to look around in'],
      ['allocations -o app.pb.gz app.heapprofile', 'for go tool pprof'],
    ],
    load: () => import('./commands/allocations-command.ts').then(file => file.addAllocations),
  },
  {
    name: 'closures',
    summary: 'captured variables that nobody uses, and what keeps them',
    examples: [
      ['closures app.heapsnapshot', 'which variables does a scope keep though no function can use them any more?'],
      ['closures --limit 5 --json app.heapsnapshot', 'the 5 largest, for a program'],
    ],
    load: () => import('./commands/closures-command.ts').then(file => file.addClosures),
  },
  {
    name: 'what-if',
    summary: 'what would be freed if some references were removed',
    examples: [
      ["what-if --cut 'Server.cache' app.heapsnapshot", 'what is freed if servers drop their cache?'],
      [
        "what-if --cut 'Server.cache' --cut 'Server.spare' --type Buffer app.heapsnapshot",
        'do two cuts free the Buffers?',
      ],
      ["what-if --cut 'Map(cache)' app.heapsnapshot", 'every variable and property `cache` that is a Map'],
      ["what-if --prove --cut 'cache[]' --pid 4711", 'the same cut in the running program, which it changes'],
      ['what-if --cut @12345 app.heapsnapshot', 'if every reference to this object were removed'],
    ],
    load: () => import('./commands/what-if-command.ts').then(file => file.addWhatIf),
  },
  {
    name: 'growth',
    summary: 'what grew from one snapshot to the next',
    examples: [
      ['growth base.heapsnapshot app.heapsnapshot', 'what grew, by type? The older one first'],
      ['growth --by holder base.heapsnapshot app.heapsnapshot', 'who holds more than before? Also of two processes'],
      ['growth --new --limit 10 base.heapsnapshot app.heapsnapshot', 'which objects are new?'],
      ['growth --format md base.heapsnapshot app.heapsnapshot', 'as Markdown, for a comment'],
    ],
    load: () => import('./commands/growth-commands.ts').then(file => file.addGrowth),
  },
  {
    name: 'leaks',
    summary: 'who keeps what was made between two snapshots',
    examples: [
      ['leaks base.heapsnapshot app.heapsnapshot', 'who keeps what was made since the first?'],
      ['leaks base.heapsnapshot target.heapsnapshot final.heapsnapshot', 'before, during and after the work'],
      ['leaks -o why.svg base.heapsnapshot app.heapsnapshot', 'who holds the new objects, drawn'],
    ],
    load: () => import('./commands/growth-commands.ts').then(file => file.addLeaks),
  },
  {
    name: 'suspects',
    summary: 'what stands out in one snapshot, in sentences',
    examples: [
      ['suspects app.heapsnapshot', 'where does much of the heap gather, and who holds it?'],
      ['suspects --min-share 5 app.heapsnapshot', 'from 5 % of the heap on'],
    ],
    load: () => import('./commands/growth-commands.ts').then(file => file.addSuspects),
  },
  {
    name: 'sql',
    summary: 'ask anything in SQL: nodes, edges, strings, owners, and a table for every class',
    examples: [
      [
        "sql 'SELECT type, count(*), sum(self) FROM node GROUP BY type ORDER BY 3 DESC LIMIT 10' app.heapsnapshot",
        'the largest types',
      ],
      ['sql \'SELECT * FROM "Server"\' app.heapsnapshot', 'the objects of a class with their properties as columns'],
      ["sql 'DESCRIBE node' app.heapsnapshot", 'which columns does a table have?'],
      ["sql 'SELECT why(id) FROM node WHERE type = $$Buffer$$' app.heapsnapshot", 'who must let go of each?'],
      [
        "sql 'SELECT name, count, retained FROM type' -o types.csv app.heapsnapshot",
        'the types as a table for other programs',
      ],
      ['sql --repl app.heapsnapshot', 'question after question'],
    ],
    load: () => import('./commands/sql-command.ts').then(file => file.addSql),
  },
  {
    name: 'digest',
    summary: 'a heap as a small table without its texts: types and owners, by names of code',
    examples: [
      [
        'digest -o digest.parquet --label service=api,pod=7,build=42 app.heapsnapshot',
        'what may be sent to others, and put beside many',
      ],
      ['digest app.heapsnapshot', 'the same as NDJSON'],
    ],
    load: () => import('./commands/digest-command.ts').then(file => file.addDigest),
  },
  {
    name: 'export',
    summary: 'all nodes or edges as a table for other programs: DuckDB, pandas, jq',
    examples: [
      ['export -o app.parquet app.heapsnapshot', 'a row for each node, for DuckDB or pandas'],
      ['export --table edges -o refs.csv app.heapsnapshot', 'a row for each edge'],
      ["export app.heapsnapshot | jq -c 'select(.detachedness == 2)'", 'NDJSON for a pipe'],
    ],
    load: () => import('./commands/export.ts').then(file => file.addExport),
  },
  {
    name: 'redact',
    summary: 'a snapshot for others to look into: the same objects, with texts hidden',
    examples: [
      ['redact app.heapsnapshot redacted.heapsnapshot.gz', 'what can be attached to a public issue?'],
      [
        "redact --forbid acme --forbid '/@[a-z]+/' app.heapsnapshot redacted.heapsnapshot",
        'and is this nowhere in it?',
      ],
    ],
    load: () => import('./commands/redact-command.ts').then(file => file.addRedact),
  },
  {
    name: 'reduce',
    summary: 'the smallest snapshot that still gives the same answer, redacted: for a bug report',
    examples: [
      ["reduce --keep 'why --type Buffer' app.heapsnapshot reduced.heapsnapshot", 'a few kilobytes that show it'],
    ],
    load: () => import('./commands/reduce-command.ts').then(file => file.addReduce),
  },
  {
    name: 'explore',
    summary: 'look around in snapshots, in the browser',
    examples: [
      ['explore --open app.heapsnapshot', 'what is in there, by clicking?'],
      ['explore --open base.heapsnapshot target.heapsnapshot', 'the same of two, compared'],
      ['explore --open rec.jsonl base.heapsnapshot target.heapsnapshot', 'and where they were taken in a recording'],
    ],
    load: () => import('./commands/explore-command.ts').then(file => file.addExplore),
  },
  {
    name: 'mcp',
    summary: 'tools for agents: the questions by the Model Context Protocol',
    examples: [
      ['mcp snapshots', 'a client starts it; it reads what is in this folder (docs/mcp.md)'],
      ['mcp --out pictures snapshots', 'the same, and pictures may be written'],
    ],
    load: () => import('./commands/mcp-command.ts').then(file => file.addMcp),
  },
  {
    name: 'report',
    summary: 'what stands out in snapshots, as one HTML file for a ticket',
    examples: [
      ['report -o heap.html app.heapsnapshot', 'what can others be shown without the snapshot?'],
      ['report -o leak.html base.heapsnapshot target.heapsnapshot', 'the same of two, compared'],
    ],
    load: () => import('./commands/report-command.ts').then(file => file.addReport),
  },
  {
    name: 'record',
    summary: 'memory over time, of a program and its child processes',
    examples: [
      ['record -- node app.js', 'does its memory grow?'],
      ['record -o rec.jsonl --summary -- npm start', 'all its processes, with a verdict in words'],
      ['record --pid 1234 --duration 5m', 'of a running process'],
    ],
    load: () => import('./commands/record-command.ts').then(file => file.addRecord),
  },
  {
    name: 'plot',
    summary: 'recordings as a picture: does it grow?',
    examples: [
      ['plot rec.jsonl', 'peak, slope and verdict of each process'],
      ['plot rec.jsonl -o rec.svg', 'the same as a picture'],
      ['plot before.jsonl after.jsonl -o both.svg', 'two recordings over each other'],
      ['plot rec.jsonl --metric rss --from 30s --to 2m -o rec.svg', 'a window of it'],
    ],
    load: () => import('./commands/plot-command.ts').then(file => file.addPlot),
  },
  {
    name: 'capture',
    summary: 'a snapshot of a running Node, Deno or page of Chrome',
    examples: [
      ['capture --pid 4711 -o app.heapsnapshot', 'of a running Node'],
      ['capture --port 9222 --target inbox -o page.heapsnapshot', 'of a page; chromium --remote-debugging-port=9222'],
      ['capture --pid 4711 --count 3 --between 30s -o app.heapsnapshot.gz', 'app-1 to app-3, to be compared, packed'],
      ['capture -o end.heapsnapshot -- node script.js', 'of what is left when a script ends'],
      ['capture --pid 4711 --allocations 30s -o app.heapprofile', 'who allocates, sampled, instead of a snapshot'],
    ],
    load: () => import('./commands/capture-command.ts').then(file => file.addCapture),
  },
  {
    name: 'watch',
    summary: 'run a program, and take snapshots when its memory passes a limit',
    examples: [
      ['watch --above 500MB -- node app.js', 'snapshots at 500 MB, 550 MB and 600 MB of heapUsed'],
      ['watch --growth 50MB --metric rss --max 2 -- node app.js', 'and whenever 50 MB more are resident'],
      ['watch --near-limit -- node --max-old-space-size=256 app.js', 'just before the heap is full'],
      [
        `watch --near-limit --then 'aws s3 cp "$HEAPGRAPH_FILE" s3://bucket/' -- node app.js`,
        'and upload what was written',
      ],
    ],
    load: () => import('./commands/capture-command.ts').then(file => file.addWatch),
  },
  {
    name: 'doctor',
    summary: 'run a program or a page, and say what its memory does and which line leaks',
    examples: [
      ['doctor --load ./load.sh -- node server.js', 'what leaks under this load?'],
      ['doctor --duration 10m -- node worker.js', 'what leaks without a load?'],
      [
        'doctor --ready listening --load ./load.sh -o walk -- npm start',
        'begin when the program prints it; all files go into walk',
      ],
      ['doctor --url http://localhost:3000/', 'what leaks on a page when its links and dialogs are used?'],
      ['doctor --url http://localhost:3000/ --record visit.mjs', 'what leaks while you use it yourself?'],
      ['doctor --scenario visit.mjs -- npm run preview', 'and when this is done on it, with its server started?'],
    ],
    load: () => import('./commands/doctor-command.ts').then(file => file.addDoctor),
  },
  {
    name: 'index',
    summary: 'saved indexes, which make later questions fast',
    examples: [
      ['index build app.heapsnapshot', 'make every later question fast'],
      ['index list', 'which snapshots have an index?'],
      ['index prune --limit 2GB', 'remove the least recently used'],
    ],
    load: () => import('./commands/index-command.ts').then(file => file.addIndex),
  },
  {
    name: 'complete',
    summary: 'a script that makes the Tab key complete commands and options',
    examples: [
      ['complete zsh > ~/.zsh/completions/_heapgraph', 'for zsh; bash, fish and powershell likewise'],
      ['complete bash >> ~/.bashrc', 'for bash'],
    ],
    load: async () => {
      const {addComplete} = await import('./commands/complete-command.ts')
      return (context, command) => addComplete(COMMANDS, context, command)
    },
  },
]
