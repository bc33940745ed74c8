// Makes one large real snapshot, for timing. `--help` says how.
import {spawnSync} from 'node:child_process'
import {existsSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'

// Measured with Node 20: objects -> file size.
const sizes = {'200mb': 165000, '1gb': 820000}

const usage = `usage: npm run make-snapshot -- --objects N | --file-size 200mb|1gb [-o FILE]

Builds a cache of N entries (about 15 heap nodes and 1.2 KB of file each) in a child process and writes its heap snapshot.
  --objects N       entries; 165000 give a file of about 200 MB (11 s, 1 GB of memory), 820000 about 1 GB (70 s, 4.3 GB)
  --file-size SIZE  200mb or 1gb: picks N
  -o, --output FILE where to write (default: big-N.heapsnapshot in the system's temporary folder)`

function fail(message) {
  console.error(message)
  process.exit(2)
}

let values
try {
  const options = {
    objects: {type: 'string'},
    'file-size': {type: 'string'},
    output: {type: 'string', short: 'o'},
    help: {type: 'boolean'},
  }
  values = parseArgs({options}).values
} catch (error) {
  fail(`${error.message}\n${usage}`)
}
if (values.help) {
  console.log(usage)
  process.exit(0)
}
const objects = values.objects === undefined ? sizes[values['file-size']?.toLowerCase()] : Number(values.objects)
if (!Number.isSafeInteger(objects) || objects < 1) fail(usage)

const file = resolve(values.output ?? join(tmpdir(), `big-${objects}.heapsnapshot`))
const program = fileURLToPath(new URL('../fixtures/programs/big.cjs', import.meta.url))
const heapMegabytes = 1000 + Math.ceil(objects / 100)
const started = Date.now()
rmSync(file, {force: true})
const {status, signal} = spawnSync(
  process.execPath,
  [`--max-old-space-size=${heapMegabytes}`, program, file, '', String(objects)],
  {stdio: ['ignore', 'ignore', 'inherit']},
)
if (status !== 0 || !existsSync(file) || statSync(file).size === 0)
  fail(`no snapshot written (${signal ?? `exit code ${status}`})`)
const seconds = ((Date.now() - started) / 1000).toFixed(1)
console.log(`${file}  ${(statSync(file).size / 1e6).toFixed(0)} MB  ${objects} objects  ${seconds} s`)
