/** Verdicts on assertions as text, JSON, and JUnit's XML, which CI systems read. */
import type {AssertionView, AssertView} from '../../graph/views/assert-view.ts'
import {plural} from '../../util/units.ts'
import {forTerminal, forXml} from '../safe/clean.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {limitText} from '../safe/wording.ts'

function title({kind, text}: AssertionView): string {
  return `--${kind} ${text}`
}

export function assertText({assertions, total, limits}: AssertView, paint: Paint = plainPaint): string {
  const parts = assertions.map(assertion => {
    const {passed, message, details} = assertion
    const head = `${passed ? '✓' : paint.warn('✗')} ${paint.strong(forTerminal(title(assertion)))}: ${forTerminal(message)}\n`
    return `${head}${details.map(line => `    ${forTerminal(line)}\n`).join('')}`
  })
  const summary = `${plural(total.passed, 'assertion')} passed, ${total.failed} failed`
  return `${parts.join('')}${paint.dim(summary)}\n${limits.map(limit => `${paint.warn(forTerminal(limitText(limit)))}\n`).join('')}`
}

export function assertJson(view: AssertView): string {
  return tableToJson('assert', view)
}

/** One test case an assertion. Names come out of a heap: XML has no way to write control characters, so they are written out. */
export function assertJunit({snapshot, assertions, total}: AssertView): string {
  const suite = `tests="${assertions.length}" failures="${total.failed}"`
  const cases = assertions.map(assertion => {
    const {passed, message, details} = assertion
    const head = `    <testcase classname="heapgraph" name="${forXml(title(assertion))}"`
    if (passed) return `${head}/>\n`
    const text = [message, ...details].map(line => forXml(line)).join('\n')
    return `${head}>\n      <failure message="${forXml(message)}">${text}</failure>\n    </testcase>\n`
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="heapgraph" ${suite}>\n`,
    `  <testsuite name="${forXml(snapshot.name)}" ${suite}>\n`,
    ...cases,
    '  </testsuite>\n</testsuites>\n',
  ].join('')
}
