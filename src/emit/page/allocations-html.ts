/** Sampled allocations as a page: the same flames, and any call to be looked into. */
import type {AllocationsAnswer} from '../../graph/views/allocations-view.ts'
import {allocationPlan} from '../picture/allocation-plan.ts'
import type {AllocationsPictureOptions} from '../picture/allocations-svg.ts'
import {type AreaPage, areaPageLimits, drawAreaPlanPage} from './area-html.ts'

/** As deep as V8's stacks; packing and unpacking recurse. */
const LIMITS = {...areaPageLimits, depth: 200}

export async function drawAllocationsPage(
  answer: AllocationsAnswer,
  options: AllocationsPictureOptions & {bare?: boolean} = {},
): Promise<AreaPage> {
  return drawAreaPlanPage(allocationPlan(answer, LIMITS), options)
}
