/**
 * What `closures` promises, acted upon in a living program: by its inspector, which sets the variable in all scopes, and by the mends that it
 * names, each of which the program has written down (fixtures/programs/captured-mends).
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {
  type ClosuresView,
  type CutOutcome,
  closuresView,
  cutSteps,
  type LivingHeap,
  loadSourceMaps,
  openLiving,
  openSnapshot,
  type Snapshot,
  type UnusedVariable,
  unusedVariables,
  whatIf,
} from '../../src/index.ts'
import {ROOT} from './proofs.ts'

const PROGRAM = join(ROOT, 'fixtures', 'programs', 'captured-mends', 'main.cjs')

export const INSPECTOR = 'inspector'

/** What was done to let go of one variable, and what went. */
export interface Acted {
  variable: string
  /** INSPECTOR, or the name of a mend that the program has written down. */
  mend: string
  predictedBytes: number
  freedBytes: number
  /** Objects of its label before and after. */
  before: number
  after: number
  /** Of the inspector: why not. */
  failed: string[]
}

export interface CapturedProof {
  /** While all leak. */
  view: ClosuresView
  /** Names of those that must not be among its rows. */
  live: string[]
  /** The mends of each variable that must be. */
  mends: Record<string, string[]>
  acted: Acted[]
  /** After the last mend of each. */
  mended: ClosuresView
  /** What the functions of the live ones return in the end. */
  said: Record<string, string>
}

interface Weight {
  bytes: number
  alive: Record<string, number>
}

/** `node`: the binary. */
export async function provesCaptured(node: string): Promise<CapturedProof> {
  const folder = mkdtempSync(join(tmpdir(), 'heapgraph-captured-'))
  const {NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env} = process.env
  const child = spawn(node, ['--expose-gc', '--inspect=127.0.0.1:0', PROGRAM], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  try {
    const started = answerOf(child) as Promise<Pick<CapturedProof, 'live' | 'mends'>>
    const living = await openLiving({url: await addressOf(child)})
    try {
      return await prove(new Program(child, living, folder), await started)
    } finally {
      await living.close()
    }
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, {recursive: true, force: true})
  }
}

async function prove(program: Program, {live, mends}: Pick<CapturedProof, 'live' | 'mends'>): Promise<CapturedProof> {
  const acted: Acted[] = []
  const first = await program.take()
  const answer = unusedVariables(first, 100)
  const view = closuresView(answer)
  for (const row of answer.rows) acted.push(await program.cut(first, row))
  for (const {variable, retainedBytes: predictedBytes} of view.rows) {
    for (const mend of mends[variable] ?? []) {
      await program.ask({run: [variable, 'leak']})
      const act = async () => {
        await program.ask({run: [variable, mend]})
        return []
      }
      acted.push({variable, mend, predictedBytes, ...(await program.weighed(variable, act))})
    }
  }
  const mended = closuresView(unusedVariables(await program.take(), 100))
  return {view, live, mends, acted, mended, said: await program.ask({use: true})}
}

class Program {
  readonly #child: ChildProcess
  readonly #living: LivingHeap
  readonly #folder: string

  constructor(child: ChildProcess, living: LivingHeap, folder: string) {
    this.#child = child
    this.#living = living
    this.#folder = folder
  }

  ask<T>(message: object): Promise<T> {
    const answer = answerOf(this.#child)
    this.#child.send(message)
    return answer as Promise<T>
  }

  async take(): Promise<Snapshot> {
    const file = join(this.#folder, 'taken.heapsnapshot')
    await this.#living.take(file)
    const snapshot = await openSnapshot(file, {index: 'off'})
    rmSync(file)
    // The texts of the scripts, out of their files.
    await loadSourceMaps(snapshot)
    return snapshot
  }

  /** Sets a variable to something else in all of its scopes. */
  async cut(snapshot: Snapshot, {variable: {name}, contexts, values, retainedBytes}: UnusedVariable): Promise<Acted> {
    const {nodeId} = snapshot
    const edges = contexts.map((context, i) => `@${nodeId[context]} -> @${nodeId[values[i]]}`)
    const {steps, unfit} = cutSteps(snapshot, whatIf(snapshot, edges).cuts)
    const act = async () => [...unfit.map(({reason}) => reason), ...failures(await this.#living.cut(steps))]
    return {variable: name, mend: INSPECTOR, predictedBytes: retainedBytes, ...(await this.weighed(name, act))}
  }

  async weighed(
    variable: string,
    act: () => Promise<string[]>,
  ): Promise<Pick<Acted, 'freedBytes' | 'before' | 'after' | 'failed'>> {
    const before = await this.ask<Weight>({weigh: true})
    const failed = await act()
    const after = await this.ask<Weight>({weigh: true})
    const [had, has] = [before.alive[variable], after.alive[variable]]
    return {freedBytes: before.bytes - after.bytes, before: had, after: has, failed}
  }
}

function failures(outcomes: readonly CutOutcome[]): string[] {
  return outcomes.flatMap(outcome => (outcome === 'done' ? [] : [outcome.failed]))
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const [{answer}] = await once(child, 'message')
  return answer
}

function addressOf(child: ChildProcess): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', text => {
      said += text
      const url = /ws:\S+/.exec(said)?.[0]
      if (url !== undefined) resolve(url)
    })
    child.on('exit', code => reject(new Error(`the program ended with ${code}: ${said}`)))
  })
}
