/** The workflow that publishes: what it may do, and that nothing is published before it was looked at. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {parse} from 'yaml'
import {ROOT} from '../cli/cli.ts'

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
  const order = ['.ci/run', 'npm audit --omit=dev', 'npm sbom', 'actions/upload-artifact', 'npm publish']
  const places = order.map(at)
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  )
  assert.ok(!places.includes(-1))
  assert.equal(steps[at('npm publish')].run, 'npm publish --provenance --access public')
  assert.equal(steps.length - 1, at('npm publish'))
  assert.ok(steps[at('npm sbom')].run?.endsWith(`> ${steps[at('actions/upload-artifact')].with?.path}`))
})

test('a tag that is not the version of the package is refused', {
  skip: process.platform === 'win32' ? 'its shell is of Linux' : false,
}, () => {
  const {version} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {version: string}
  const check = (tag: string) =>
    spawnSync('bash', ['-e', '-c', steps[at('GITHUB_REF_NAME')].run!], {
      cwd: ROOT,
      env: {...process.env, GITHUB_REF_NAME: tag},
    }).status
  assert.equal(check(`v${version}`), 0)
  assert.notEqual(check('v999.0.0'), 0)
})
