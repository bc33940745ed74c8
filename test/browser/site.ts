/** The docs site, built as `npm run site` builds it, and served from the loopback interface. */
import {execFile} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {extname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const DIST = join(ROOT, 'site/dist')
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Into `DIST`. The registry is asked the first time only. */
export async function buildSite(): Promise<void> {
  const isInstalled = existsSync(join(ROOT, 'site/node_modules/vitepress'))
  const words = isInstalled ? ['--prefix', 'site', 'run', '--silent', 'build'] : ['run', '--silent', 'site']
  // What a runner of tests has set is not for the programs started here.
  const {NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env} = process.env
  await promisify(execFile)('npm', words, {cwd: ROOT, env, shell: process.platform === 'win32', maxBuffer: 1 << 24})
}

/** `DIST` as any server of files would serve it. */
export async function serveSite(): Promise<{address: string; close(): void}> {
  const server = createServer(({url = '/'}, response) => {
    const {pathname} = new URL(url, 'http://site.invalid')
    const file = join(DIST, pathname.endsWith('/') ? `${pathname}index.html` : pathname)
    if (!existsSync(file)) return void response.writeHead(404).end()
    response.writeHead(200, {'content-type': TYPES[extname(file)] ?? 'application/octet-stream'})
    response.end(readFileSync(file))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const {port} = server.address() as AddressInfo
  return {address: `http://127.0.0.1:${port}`, close: () => void server.close()}
}
