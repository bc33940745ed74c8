/** The other modules of Node's: what answers need of them is here, and the rest says that it is not. */
import './globals.ts'
import * as acorn from 'acorn'

/** Browsers say roughly how much memory there is, if anything, and never how much is left. */
const MEMORY = ((globalThis.navigator as {deviceMemory?: number} | undefined)?.deviceMemory ?? 4) * 2 ** 30

const MODULES: Record<string, Record<string, unknown>> = {
  module: {
    createRequire: () => (name: string) => {
      if (name === 'acorn') return acorn
      if (name === 'acorn/package.json') return {version: acorn.version}
      throw new Error(`${name} is not there in a page`)
    },
  },
  os: {
    availableParallelism: () => 1,
    freemem: () => MEMORY,
    totalmem: () => MEMORY,
    homedir: () => '/',
    tmpdir: () => '/',
    hostname: () => '',
    platform: () => 'linux',
    constants: {signals: {}, errno: {}},
    EOL: '\n',
  },
  path: {
    sep: '/',
    join: (...parts: string[]) => normalized(parts.filter(part => part !== '').join('/')),
    resolve: (...parts: string[]) =>
      normalized(parts.reduce((at, part) => (part.startsWith('/') ? part : `${at}/${part}`), '/')),
    dirname: (path: string) => path.replace(/\/+[^/]*\/*$/, '') || (path.startsWith('/') ? '/' : '.'),
    basename(path: string, ending = '') {
      const name = path.replace(/\/+$/, '').split('/').at(-1) ?? ''
      return ending !== '' && name.endsWith(ending) && name !== ending ? name.slice(0, -ending.length) : name
    },
    extname: (path: string) => /[^/](\.[^./]*)$/.exec(path)?.[1] ?? '',
    isAbsolute: (path: string) => path.startsWith('/'),
    relative: (_: string, to: string) => to,
  },
  url: {
    URL,
    fileURLToPath: (url: string | URL) => decodeURIComponent(new URL(url).pathname),
    pathToFileURL: (path: string) => new URL(`file://${encodeURI(path).replaceAll('#', '%23').replaceAll('?', '%3F')}`),
  },
  v8: {setFlagsFromString: () => {}},
  // `gc`: browsers collect garbage when they like.
  vm: {runInNewContext: () => () => {}},
  util: {promisify: () => () => Promise.reject(new Error('not there in a page'))},
  'timers/promises': {
    setTimeout: (ms: number, value?: unknown) => new Promise(resolve => setTimeout(resolve, ms, value)),
    setImmediate: (value?: unknown) => new Promise(resolve => setTimeout(resolve, 0, value)),
  },
  process: {...process, default: process},
  worker_threads: {isMainThread: true, parentPort: null, workerData: undefined},
}

function normalized(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0) parts.pop()
    else parts.push(part)
  }
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`
}

/** What is asked for and not there fails when it is called, and no sooner: many modules extend what they will not need. */
export function moduleOf(name: string): unknown {
  const known = MODULES[name] ?? {}
  return new Proxy(known, {
    get(_, key) {
      if (typeof key === 'symbol' || key === '__esModule' || key === 'then') return undefined
      if (Object.hasOwn(known, key)) return known[key]
      if (key === 'default') return moduleOf(name)
      return function absent() {
        throw new Error(`${name}.${String(key)} is not there in a page`)
      }
    },
  })
}
