/** What a rule makes of a chain's next edges. */
import type {Chain} from './code-chain.ts'
import type {StartValue, StepValue} from './step.ts'

export interface Fold {
  /** Edges of the chain that it stands for. */
  length: number
  step: StepValue
  /** What a path may begin with that has nothing but the runtime's own before it; the step leads on from there. */
  alone?: StartValue
  /** Line to look at, if it is not that of the function arrived at. */
  place?: string
  /** False for what the runtime does by itself; where the rule does not tell, that depends on what the edges connect. */
  inCode?: boolean
}

export type Rule = (chain: Chain, at: number) => Fold | undefined
