/** The workflow that publishes: what it may do, and that nothing is published before it was looked at. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {parse} from 'yaml'
import {ROOT, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'

interface Workflow {
  on: unknown
  permissions: Record<string, string>
  jobs: {publish: {steps: {run?: string; uses?: string; with?: {path?: string}}[]}}
}

const workflow = parse(readFileSync(join(ROOT, '.github/workflows/publish.yml'), 'utf8')) as Workflow
const {steps} = workflow.jobs.publish
const at = (words: string) => steps.findIndex(({run, uses}) => (run ?? uses)?.includes(words))

test('a tag alone publishes, with provenance, after tests, audit and list of parts', () => {
  assert.deepEqual(workflow.on, {push: {tags: ['v*']}})
  assert.deepEqual(workflow.permissions, {contents: 'read', 'id-token': 'write'})
  const order = ['.ci/run', 'npm audit --omit=dev', 'scripts/sbom.mjs', 'actions/upload-artifact', 'npm publish']
  const places = order.map(at)
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  )
  assert.ok(!places.includes(-1))
  assert.equal(steps[at('npm publish')].run, 'npm publish --provenance --access public')
  assert.equal(steps.length - 1, at('npm publish'))
  assert.ok(steps[at('scripts/sbom.mjs')].run?.endsWith(` ${steps[at('actions/upload-artifact')].with?.path}`))
})

test('a tag that is not the version of the package is refused', {
  skip: process.platform === 'win32' ? 'its shell is of Linux' : false,
}, () => {
  const {version} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {version: string}
  const check = (tag: string) =>
    spawnSync('bash', ['-e', '-c', steps[at('GITHUB_REF_NAME')].run!], {
      timeout: HANG_MS,
      cwd: ROOT,
      env: {...process.env, GITHUB_REF_NAME: tag},
    }).status
  assert.equal(check(`v${version}`), 0)
  assert.notEqual(check('v999.0.0'), 0)
})

interface Lock {
  packages: Record<string, {version: string; dependencies?: Record<string, string>; dev?: boolean; peer?: boolean}>
}

test('the list of parts has all that comes along, and nothing that is for development only', () => {
  const file = join(temporaryFolder(), 'sbom.json')
  const {status, stderr} = spawnSync(process.execPath, [join(ROOT, 'scripts/sbom.mjs'), file], {
    timeout: HANG_MS,
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  const {metadata, components} = JSON.parse(readFileSync(file, 'utf8')) as {
    metadata: {component: {name: string}}
    components: {group?: string; name: string; version: string; licenses?: unknown[]}[]
  }
  assert.equal(metadata.component.name, 'heapgraph')
  const {packages} = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock
  const wanted = new Set(Object.keys(packages[''].dependencies!))
  for (const name of wanted)
    for (const needed of Object.keys(packages[`node_modules/${name}`].dependencies ?? {})) wanted.add(needed)
  const listed = components.map(({name}) => name)
  assert.deepEqual(
    [...wanted].filter(name => !listed.includes(name)),
    [],
  )
  const forDevelopment = listed.filter(name => packages[`node_modules/${name}`]?.dev === true)
  assert.deepEqual(forDevelopment, [])
  for (const {name, version, licenses} of components) {
    assert.equal(version, packages[`node_modules/${name}`].version, name)
    assert.ok(licenses !== undefined && licenses.length > 0, `${name} tells no license`)
  }
})
