/**
 * Findings for programs that show them on lines of code: SARIF 2.1.0 (OASIS), GitHub's workflow commands, GitLab's Code Quality report, and JUnit's XML.
 * Names come out of a heap: what would steer a terminal or a log is written out.
 */
import {createHash} from 'node:crypto'
import {fileURLToPath} from 'node:url'
import {pathBelow, separator} from '../../files/below.ts'
import {packageVersion} from '../../files/own-package.ts'
import type {Finding} from '../../graph/views/findings.ts'
import {forJson, forTerminal, forXml} from '../safe/clean.ts'

/** A finding whose file is named as the repository has it. */
export type LocatedFinding = Omit<Finding, 'script'> & {
  /** With `/`, below the folder in which the command was run; a URL for others; '' if no line is known. */
  file: string
}

/** Findings with their files as the repository has them: below `folder`, with `/`. Others are left as they are. */
export function locatedFindings(findings: readonly Finding[], folder: string): LocatedFinding[] {
  return findings.map(({script, ...finding}) => ({...finding, file: fileBelow(script, folder)}))
}

/** A path, or the URL of a file, as the repository in `folder` has it. */
export function fileBelow(script: string, folder: string): string {
  const path = pathOf(script)
  return pathBelow(path, folder)?.split(separator).join('/') ?? path
}

function pathOf(script: string): string {
  if (!script.startsWith('file:')) return script
  try {
    return fileURLToPath(script)
  } catch {
    return script
  }
}

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'
const HELP = 'https://www.npmjs.com/package/heapgraph'
const FINGERPRINT = 'heapgraphOwner/v1'

export function toSarif(findings: readonly LocatedFinding[]): string {
  const rules = [...new Set(findings.map(({rule}) => rule))].sort()
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'heapgraph',
            version: packageVersion(),
            informationUri: HELP,
            rules: rules.map(id => ({id, shortDescription: {text: ruleWords(id)}})),
          },
        },
        results: findings.map(finding => ({
          ruleId: finding.rule,
          ruleIndex: rules.indexOf(finding.rule),
          level: finding.level,
          message: {text: sentence(finding)},
          ...(finding.file === '' ? {} : {locations: [{physicalLocation: physicalLocation(finding)}]}),
          partialFingerprints: {[FINGERPRINT]: finding.fingerprint},
          ...(finding.accepted === undefined
            ? {}
            : {suppressions: [{kind: 'external', justification: forTerminal(finding.accepted)}]}),
        })),
      },
    ],
  }
  return json(log)
}

function physicalLocation({file, line}: LocatedFinding) {
  return {artifactLocation: sarifLocation(file), ...(line > 0 ? {region: {startLine: line}} : {})}
}

/** What stands for the root of the repository, wherever that is on the machine of who reads the file (SARIF 2.1.0, 3.4.4). */
const ROOT = '%SRCROOT%'

/**
 * A file as SARIF names it: below the root of the repository a relative reference with `/`, any other path a `file:` URI (3.10.1), of Windows, too, on whatever system;
 * a URL stays one. What may not stand in a URI is encoded.
 */
export function sarifLocation(file: string): {uri: string; uriBaseId?: string} {
  // Halves of surrogate pairs have no place in a URI.
  const whole = file.replace(/\p{Surrogate}/gu, '\ufffd')
  // A drive has one letter, a scheme two at least.
  if (/^[a-z]:[\\/]/i.test(whole)) return {uri: `file:///${whole.slice(0, 2)}${encodedPath(whole.slice(2))}`}
  if (whole.startsWith('\\\\')) return {uri: `file:${encodedPath(whole)}`}
  // Some of it may be encoded: what is stays.
  if (/^[a-z][a-z0-9+.-]+:/i.test(whole)) return {uri: encodeURI(whole).replace(/%25(?=[\da-f]{2})/gi, '%')}
  const path = encodeURI(whole).replace(/[?#]/g, encodeURIComponent)
  if (path.startsWith('/')) return {uri: `file://${path}`}
  // What stands before a colon would be read as a scheme.
  return {uri: /^[^/]*:/.test(path) ? `./${path}` : path, uriBaseId: ROOT}
}

/** Of a path of Windows. */
function encodedPath(path: string): string {
  return encodeURI(path.replaceAll('\\', '/')).replace(/[?#]/g, encodeURIComponent)
}

const GITHUB_LEVELS = {error: 'error', warning: 'warning', note: 'notice'} as const

/** A line a finding, which GitHub shows on the line of a pull request ("Workflow commands for GitHub Actions"); what is accepted is left out. */
export function toGithub(findings: readonly LocatedFinding[]): string {
  return findings
    .filter(({accepted}) => accepted === undefined)
    .map(finding => {
      const {level, file, line, rule} = finding
      const place = file === '' ? [] : [`file=${property(file)}`, ...(line > 0 ? [`line=${line}`] : [])]
      const properties = [...place, `title=${property(ruleWords(rule))}`].join(',')
      return `::${GITHUB_LEVELS[level]} ${properties}::${data(sentence(finding))}\n`
    })
    .join('')
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(forTerminal(text)).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

const GITLAB_SEVERITIES = {error: 'major', warning: 'minor', note: 'info'} as const

/** `snapshot`: the file that was asked. Findings without a line are told of it: GitLab wants one. What is accepted is left out. */
export function toGitlab(findings: readonly LocatedFinding[], snapshot: string): string {
  const seen = new Map<string, number>()
  const issues = findings
    .filter(({accepted}) => accepted === undefined)
    .map(finding => {
      // GitLab takes two issues of one fingerprint for one.
      const times = seen.get(finding.fingerprint) ?? 0
      seen.set(finding.fingerprint, times + 1)
      return {
        description: sentence(finding),
        check_name: finding.rule,
        fingerprint: createHash('sha256').update(`${finding.rule}\n${finding.fingerprint}\n${times}`).digest('hex'),
        severity: GITLAB_SEVERITIES[finding.level],
        location: {path: finding.file || snapshot, lines: {begin: Math.max(1, finding.line)}},
      }
    })
  return json(issues)
}

/** `snapshot`: the file that was asked. A test case a finding, failed, or skipped where it is accepted; one that passed where there is none. */
export function findingsJunit(findings: readonly LocatedFinding[], snapshot: string): string {
  const failures = findings.filter(({accepted}) => accepted === undefined).length
  const cases = findings.map(finding => {
    const place = finding.file === '' ? '' : ` file="${forXml(finding.file)}" line="${Math.max(1, finding.line)}"`
    const head = `    <testcase classname="heapgraph" name="${forXml(finding.fingerprint)}"${place}>\n`
    const body =
      finding.accepted === undefined
        ? `      <failure type="${forXml(finding.rule)}" message="${forXml(finding.message)}">${forXml(sentence(finding))}</failure>\n`
        : `      <skipped message="${forXml(finding.accepted)}"/>\n`
    return `${head}${body}    </testcase>\n`
  })
  const all = cases.length > 0 ? cases : ['    <testcase classname="heapgraph" name="nothing found"/>\n']
  const counts = `tests="${all.length}" failures="${failures}" skipped="${findings.length - failures}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="heapgraph">\n',
    `  <testsuite name="${forXml(snapshot)}" ${counts}>\n`,
    ...all,
    '  </testsuite>\n</testsuites>\n',
  ].join('')
}

function json(value: unknown): string {
  return `${forJson(JSON.stringify(value, undefined, 2))}\n`
}

function sentence({message, advice}: LocatedFinding): string {
  return forTerminal(advice === '' ? message : `${message}; ${advice}`)
}

/** `leak/growing-map` → `leak: growing map`. */
function ruleWords(rule: string): string {
  return rule.replace('/', ': ').replaceAll('-', ' ')
}
