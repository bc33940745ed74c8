/** What a person did on a page, and the scenario that does it again. */

/** How an element is found again; `frames` are the iframes around it, from the outermost on. */
export type Target = {frames: string[]} & (
  | {testId: string}
  | {role: string; name: string}
  | {label: string}
  /** One selector for each shadow tree. */
  | {css: string[]}
)

/** One thing that was done. */
export type Recorded =
  | {kind: 'click' | 'dblclick' | 'check' | 'uncheck'; target: Target}
  | {kind: 'fill'; target: Target; text: string}
  /** Into a field for passwords: its text stays in the page. */
  | {kind: 'fill'; target: Target; isSecret: true}
  | {kind: 'press'; target: Target; text: string}
  | {kind: 'select'; target: Target; values: string[]}
  | {kind: 'back' | 'forward'}

/** The parts of a scenario. */
export interface RecordedParts {
  url: string
  /** Once: what led into the document in which the rounds are done. */
  setup: readonly Recorded[]
  /** Each round. */
  action: readonly Recorded[]
}

/** The variable of the environment that a password comes from: a scenario is shared, and a password is not. */
export const PASSWORD = 'HEAPGRAPH_PASSWORD'

/** The text of a module that `loadScenario` reads. */
export function scenarioSource({url, setup, action}: RecordedParts): string {
  const parts = [
    `/** @type {import(${quoted('heapgraph/capture')}).Scenario} */`,
    'export default {',
    `  url: ${quoted(url)},`,
    ...(setup.length === 0 ? [] : method('setup', setup)),
    ...method('action', action),
    '}',
  ]
  return `${parts.join('\n')}\n`
}

function method(name: string, steps: readonly Recorded[]): string[] {
  return [`  async ${name}(page) {`, ...steps.map(step => `    await page${call(step)}`), '  },']
}

function call(step: Recorded): string {
  switch (step.kind) {
    case 'back':
      return '.goBack()'
    case 'forward':
      return '.goForward()'
    case 'fill':
      return `${locator(step.target)}.fill(${'isSecret' in step ? `process.env.${PASSWORD} ?? ''` : quoted(step.text)})`
    case 'press':
      return `${locator(step.target)}.press(${quoted(step.text)})`
    case 'select':
      return `${locator(step.target)}.selectOption([${step.values.map(label => `{label: ${quoted(label)}}`).join(', ')}])`
    default:
      return `${locator(step.target)}.${step.kind}()`
  }
}

function locator({frames, ...target}: Target): string {
  return frames.map(frame => `.frameLocator(${quoted(frame)})`).join('') + found(target as Target)
}

function found(target: Target): string {
  if ('testId' in target) return `.getByTestId(${quoted(target.testId)})`
  if ('role' in target) return `.getByRole(${quoted(target.role)}, {name: ${quoted(target.name)}, exact: true})`
  if ('label' in target) return `.getByLabel(${quoted(target.label)}, {exact: true})`
  return target.css.map(selector => `.locator(${quoted(selector)})`).join('')
}

/** Text of a page as a literal: nothing in it ends the string, or the line. */
function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
