/** Sampled allocations as a picture of flames. */
import type {AllocationsAnswer} from '../../graph/views/allocations-view.ts'
import {allocationPlan} from './allocation-plan.ts'
import {AREA_WIDTH} from './area-cells.ts'
import {type AreaOptions, type AreaPicture, drawAreaPlan} from './area-svg.ts'

/** Stacks are deeper than dominator trees: V8 notes 128 calls of one (V8Inspector, `kDefaultStackDepth` of the sampler). */
const LIMITS = {cells: 600, depth: 60, share: 3 / AREA_WIDTH} as const

export type AllocationsPictureOptions = Pick<AreaOptions, 'theme'>

/** The same answer gives the same bytes. */
export async function drawAllocations(
  answer: AllocationsAnswer,
  options: AllocationsPictureOptions = {},
): Promise<AreaPicture> {
  return drawAreaPlan(allocationPlan(answer, LIMITS), options)
}
