export interface Round {
  signal: NodeJS.Signals | undefined
  afterMs: number
  tookMs: number
  endedBy: NodeJS.Signals | number | null
  stage: 'not opened' | 'opened' | 'attached'
  openMs: number | undefined
  parts: string[]
  isAlive: boolean
  last: string
}
export function interruptCaptures(options: {
  count: number
  seed?: number
  bin: string
  signals?: readonly NodeJS.Signals[]
  onRound?: (round: Round) => void
}): Promise<{wholeMs: number; rounds: Round[]}>
export function faultsOf(round: Round): string[]
