/**
 * The oracle: what the product says would be freed is let go of in the living program, over the connection that the snapshot came by, and
 * what went is compared object by object. Used by the tests, on their own Node, and by `npm run prove`, on several.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {existsSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {
  cutSteps,
  findLeaks,
  type LivingHeap,
  leaksView,
  openLiving,
  openSnapshot,
  owners,
  type ProofView,
  proofOf,
  proofView,
  type Snapshot,
  sampleLeaks,
  select,
  toGraph,
  whatIf,
} from '../../src/index.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Programs of others, beside the project; not everywhere there. */
export const CASES = join(ROOT, '..', 'shared', 'cases', 'field')
const PROGRAMS = join(ROOT, 'fixtures', 'programs')
const HOLD = fileURLToPath(new URL('hold.cjs', import.meta.url))

export interface ProofCase {
  /** Below fixtures/programs, or of CASES. */
  program: string
  args?: string[]
  env?: Record<string, string>
  /** The program writes base, target and final itself: what `leaks` says of them is proved as well. */
  leaks?: boolean
  /** In this order, in one process. */
  asks: Ask[]
}

export interface Ask {
  /** Who holds objects of this type? What `why` says to cut is cut. */
  why?: string
  /** Cut as it stands. */
  cut?: string[]
  /** Of `why`'s type, or of `of`: so many must be said to go; all unless given. */
  frees?: number
  /** The type that `frees` is of. */
  of?: string
}

export interface ProofResult {
  program: string
  asked: string
  cuts: string[]
  /** Of the type asked about: objects alive before, said to be freed, gone. */
  meant: {type: string; count: number; predicted: number; gone: number} | undefined
  view: ProofView | undefined
  /** Why there is no proof. */
  problem: string | undefined
}

export const isShared = ({program}: ProofCase) => /^\d/.test(program)
const fileOf = (proof: ProofCase) => join(isShared(proof) ? CASES : PROGRAMS, proof.program)
export const isThere = (proof: ProofCase) => existsSync(fileOf(proof))

/** `node`: the binary. What `leaks` says is proved in a process of its own, since what was cut before is no longer there. */
export async function provesOf(proof: ProofCase, node: string): Promise<ProofResult[]> {
  const asked = proof.asks.length === 0 ? [] : await inProgram(proof, node, oracle => oracle.asked())
  const leaked = proof.leaks ? await inProgram(proof, node, oracle => oracle.leaked()) : []
  return [...asked, ...leaked]
}

async function inProgram(
  proof: ProofCase,
  node: string,
  use: (oracle: Oracle) => Promise<ProofResult[]>,
): Promise<ProofResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'heapgraph-proof-'))
  const {NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env} = process.env
  const args = ['--expose-gc', '--inspect=127.0.0.1:0', '--require', HOLD, fileOf(proof), ...(proof.args ?? [])]
  const child = spawn(node, args, {
    cwd: folder,
    env: {...env, ...proof.env, ...(proof.leaks ? {SNAPS: folder} : {})},
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    const living = await openLiving({url: await settled(child)})
    try {
      return await use(new Oracle(proof, living, folder))
    } finally {
      await living.close()
    }
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, {recursive: true, force: true})
  }
}

/** The address of its inspector, once the program has done its work. */
function settled(child: ChildProcess): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', text => {
      said += text
      const url = /ws:\S+/.exec(said)?.[0]
      if (url !== undefined && /^settled$/m.test(said)) resolve(url)
    })
    child.on('exit', code => reject(new Error(`the program ended with ${code}: ${said}`)))
  })
}

class Oracle {
  readonly #proof: ProofCase
  readonly #living: LivingHeap
  readonly #folder: string
  #taken = 0

  constructor(proof: ProofCase, living: LivingHeap, folder: string) {
    this.#proof = proof
    this.#living = living
    this.#folder = folder
  }

  async asked(): Promise<ProofResult[]> {
    const results: ProofResult[] = []
    let before = await this.#take()
    for (const ask of this.#proof.asks) {
      const {result, after} = await this.#prove(ask, before, '')
      results.push(result)
      before = after ?? before
    }
    return results
  }

  async leaked(): Promise<ProofResult[]> {
    const cut = await this.#leaksCuts()
    return [(await this.#prove({cut}, await this.#take(), 'leaks')).result]
  }

  async #take(): Promise<Snapshot> {
    const file = join(this.#folder, `taken-${this.#taken++}.heapsnapshot`)
    await this.#living.take(file)
    const snapshot = await openSnapshot(file, {index: 'off'})
    rmSync(file)
    return snapshot
  }

  /** What the first row says to cut. */
  async #leaksCuts(): Promise<string[]> {
    const [base, target, final] = ['base', 'target', 'final'].map(name => join(this.#folder, `${name}.heapsnapshot`))
    const takes = []
    for (const file of [base, target]) takes.push(sampleLeaks(await openSnapshot(file, {index: 'off'})))
    const answer = findLeaks(takes, await openSnapshot(final, {index: 'off'}))
    return leaksView(answer).rows[0]?.cuts ?? []
  }

  async #prove({why, cut, of}: Ask, before: Snapshot, name: string): Promise<{result: ProofResult; after?: Snapshot}> {
    const {program} = this.#proof
    const asked = name || (why === undefined ? 'what-if' : `why --type ${why}`)
    const type = of ?? why
    const nothing = (problem: string, cuts: string[] = []): {result: ProofResult} => ({
      result: {program, asked, cuts, meant: undefined, view: undefined, problem},
    })
    const cuts = cut ?? cutsOf(before, why ?? '')
    if (cuts.length === 0) return nothing('no cut was named')
    const answer = whatIf(before, cuts)
    const plan = cutSteps(before, answer.cuts)
    const outcomes = await this.#living.cut(plan.steps)
    const after = await this.#take()
    const view = proofView(answer, plan, outcomes, proofOf(answer, after), {of: program, limit: 1000})
    const row = view.rows.find(row => row.type === type)
    const count = type === undefined ? 0 : select(before, {type}).nodes.length
    const meant = type === undefined ? undefined : {type, count, predicted: row?.predicted ?? 0, gone: row?.gone ?? 0}
    return {result: {program, asked, cuts, meant, view, problem: undefined}, after}
  }
}

/** What `why` prints behind `next: heapgraph what-if`. */
function cutsOf(snapshot: Snapshot, type: string): string[] {
  const selection = select(snapshot, {type})
  if (selection.nodes.length === 0) return []
  return toGraph(owners(snapshot, selection)).getAttributes().owners?.cuts ?? []
}
