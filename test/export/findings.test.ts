/** Findings for programs: SARIF by its schema, the others by their documented shapes. */
import assert from 'node:assert/strict'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import {Ajv} from 'ajv'
import {
  findingsJunit,
  type LocatedFinding,
  sarifLocation,
  toGithub,
  toGitlab,
  toSarif,
} from '../../src/emit/interchange/findings.ts'
import {forJson} from '../../src/emit/safe/clean.ts'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {hostileNames} from '../emit/hostile.ts'
import {parseXml} from '../emit/xml.ts'

const FOLDER = temporaryFolder()

/** The published schema is of draft 4, whose keywords for bounds alone differ from those that ajv knows. */
function sarifSchema(): object {
  const schema = JSON.parse(readFileSync(`${ROOT}/fixtures/schemas/sarif-2.1.0-rtm.5.json`, 'utf8'))
  const {id: _, $schema: __, ...rest} = schema
  return rest
}

const isSarif = new Ajv({strict: false, validateFormats: false, allErrors: true, unicodeRegExp: false}).compile(
  sarifSchema(),
)

interface SarifRun {
  tool: {driver: {rules: {id: string}[]}}
  results: {
    ruleId: string
    ruleIndex: number
    locations: {physicalLocation: {artifactLocation: {uri: string}; region: {startLine: number}}}[] | undefined
    partialFingerprints: Record<string, string>
    suppressions: unknown
  }[]
}

function assertSarif(text: string): SarifRun {
  const log = JSON.parse(text) as {runs: [SarifRun]}
  assert.ok(isSarif(log), JSON.stringify(isSarif.errors?.slice(0, 3)))
  return log.runs[0]
}

const PARTS = ['base', 'target', 'final'].map(part => {
  const file = join(FOLDER, `${part}.heapsnapshot`)
  writeFileSync(file, gunzipSync(readFileSync(`${ROOT}/fixtures/snapshots/growing.node20.${part}.heapsnapshot.gz`)))
  return file
})

const leaks = (format: string, ...more: string[]) => heapgraph(['leaks', '--format', format, ...more, ...PARTS])

test('the schema refuses what is no SARIF', () => {
  assert.equal(isSarif({version: '2.1.0', runs: [{tool: {}}]}), false)
})

test('leaks in each form: as many findings as rows, on their lines', async () => {
  const {rows} = JSON.parse((await leaks('json')).stdout) as {rows: {fingerprint: string; place: string}[]}
  assert.ok(rows.length > 1)
  const {results, tool} = assertSarif((await leaks('sarif')).stdout)
  assert.deepEqual(
    results.map(
      (result: {partialFingerprints: Record<string, string>}) => result.partialFingerprints['heapgraphOwner/v1'],
    ),
    rows.map(({fingerprint}) => fingerprint),
  )
  for (const [i, {place}] of rows.entries()) {
    const {physicalLocation} = results[i].locations![0]
    const [, file, line] = /([^/\\]+):(\d+)$/.exec(place)!
    assert.equal(physicalLocation.region.startLine, Number(line))
    assert.ok(physicalLocation.artifactLocation.uri.endsWith(file), physicalLocation.artifactLocation.uri)
    assert.equal(tool.driver.rules[results[i].ruleIndex].id, results[i].ruleId)
  }
  const lines = (await leaks('github')).stdout.trimEnd().split('\n')
  assert.equal(lines.length, rows.length)
  for (const line of lines)
    assert.match(line, /^::(?:error|warning|notice) file=[^:,]+,line=\d+,title=[^:,]+::[^\r\n]+$/)
  const issues = JSON.parse((await leaks('gitlab')).stdout) as Record<string, unknown>[]
  assert.equal(issues.length, rows.length)
  for (const issue of issues) {
    assert.deepEqual(Object.keys(issue), ['description', 'check_name', 'fingerprint', 'severity', 'location'])
    assert.match(String(issue.severity), /^(?:info|minor|major|critical|blocker)$/)
    assert.match(String(issue.fingerprint), /^[0-9a-f]{64}$/)
  }
  assert.equal(new Set(issues.map(({fingerprint}) => fingerprint)).size, issues.length)
  const xml = (await leaks('junit')).stdout
  parseXml(xml)
  assert.equal(xml.match(/<failure /g)?.length, rows.length)
})

test('a file below the root is relative to it, any other a URI, of Windows on every system', () => {
  const below = (uri: string) => ({uri, uriBaseId: '%SRCROOT%'})
  const wanted: [file: string, location: ReturnType<typeof sarifLocation>][] = [
    ['src/a b.js', below('src/a%20b.js')],
    ['src/50%#?.js', below('src/50%25%23%3F.js')],
    ['a:b.js', below('./a:b.js')],
    ['/outside/a.js', {uri: 'file:///outside/a.js'}],
    ['C:\\app\\src\\a b#1.js', {uri: 'file:///C:/app/src/a%20b%231.js'}],
    ['c:/app/50%.js', {uri: 'file:///c:/app/50%25.js'}],
    ['\\\\server\\share\\x.js', {uri: 'file://server/share/x.js'}],
    ['https://example.org/a b%20c.js?v=1', {uri: 'https://example.org/a%20b%20c.js?v=1'}],
    ['https://example.org/100% %2 %zz.js', {uri: 'https://example.org/100%25%20%252%20%25zz.js'}],
    ['node:fs', {uri: 'node:fs'}],
  ]
  for (const [file, location] of wanted) {
    assert.deepEqual(sarifLocation(file), location, file)
    assert.ok(URL.canParse(location.uri, 'file:///root/'), location.uri)
    assert.doesNotMatch(location.uri, /%(?![\dA-Fa-f]{2})/)
  }
})

test('what is known is suppressed in SARIF, skipped in JUnit, and not told by the others', async () => {
  const {rows} = JSON.parse((await leaks('json')).stdout) as {rows: {fingerprint: string}[]}
  const known = join(FOLDER, 'known.json')
  const notes = rows.map(({fingerprint}) => ({fingerprint, verdict: 'expected', reason: 'full at 1,000'}))
  writeFileSync(known, JSON.stringify({known: notes}))
  const {results} = assertSarif((await leaks('sarif', '--known', known)).stdout)
  for (const {suppressions} of results)
    assert.deepEqual(suppressions, [{kind: 'external', justification: 'expected: full at 1,000'}])
  assert.equal((await leaks('github', '--known', known)).stdout, '')
  assert.deepEqual(JSON.parse((await leaks('gitlab', '--known', known)).stdout), [])
  assert.match((await leaks('junit', '--known', known)).stdout, /failures="0" skipped="\d+"/)
})

test('suspects and assertions, too; by the ending of the file', async () => {
  const output = join(FOLDER, 'report.sarif')
  const suspects = await heapgraph(['suspects', '--min-share', '1', '-o', output, PARTS[2]])
  assert.equal(suspects.code, 0, suspects.stderr)
  assert.ok(assertSarif(readFileSync(output, 'utf8')).results.length > 0)
  const failed = await heapgraph(['assert', '--max', 'Map=1', '--format', 'sarif', PARTS[2]])
  assert.equal(failed.code, 1)
  const [result] = assertSarif(failed.stdout).results
  assert.equal(result.ruleId, 'assert/max')
  assert.equal(result.locations, undefined)
  const github = await heapgraph(['assert', '--max', 'Map=1', '--format', 'github', PARTS[2]])
  assert.match(github.stdout, /^::error title=assert%3A max::--max Map=1: /)
  const junit = await heapgraph(['assert', '--max', 'Map=1', '--format', 'junit', PARTS[2]])
  assert.match(junit.stdout, /<failure message=/)
  const types = await heapgraph(['types', '--format', 'sarif', PARTS[2]])
  assert.equal(types.code, 2)
})

test('names chosen by others end no line, no attribute and no command', () => {
  const nasty = 'a\n::error::b\r%0A,file=x:y"<&\u001b[31m]]>'
  const finding: LocatedFinding = {
    rule: 'leak/growing-map',
    level: 'error',
    message: nasty,
    advice: nasty,
    file: `src/${nasty}.js`,
    line: 3,
    fingerprint: nasty,
    accepted: undefined,
  }
  const github = toGithub([finding])
  assert.equal(github.trimEnd().split(/[\r\n]/).length, 1)
  assert.match(github, /^::error file=[^:,]*,line=3,title=[^:,]*::/)
  assert.ok(!github.includes('\u001b'))
  assertSarif(toSarif([finding, {...finding, accepted: nasty}]))
  assert.equal(JSON.parse(toGitlab([finding, finding], nasty)).length, 2)
  parseXml(findingsJunit([finding, {...finding, accepted: nasty}], nasty))
  parseXml(findingsJunit([], nasty))
})

test('no name steers what shows the file, and none is refused', () => {
  for (const name of hostileNames) {
    for (const file of [`src/${name}.js`, `https://example.org/${name}.js`]) {
      const finding: LocatedFinding = {
        rule: 'leak/growing-map',
        level: 'error',
        message: name,
        advice: name,
        file,
        line: 3,
        fingerprint: name,
        accepted: undefined,
      }
      assertSarif(toSarif([finding]))
      for (const text of [toSarif([finding]), toGithub([finding]), toGitlab([finding], name)])
        assert.equal(forJson(text), text, JSON.stringify(name))
    }
  }
})
