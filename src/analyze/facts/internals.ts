/** V8's own things that no line of JavaScript names: compiled code, maps, cells. */

import {nameTest} from '../../snapshot/code/names.ts'
import {isText} from '../../snapshot/code/text.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {memoize} from '../../util/memo.ts'

/** Nodes of kind hidden or object in some versions of V8, code or object shape in others; newer ones add ` / URL` and the like. */
const PLUMBING = /^system \/ (Map|NativeContext|PropertyCell|AllocationSite|FeedbackCell|Cell)( |$)/

export const internals = memoize((snapshot: Snapshot): ((node: number) => boolean) => {
  const {nodeKind, nodeName} = snapshot
  const isInternalsName = nameTest(snapshot, text => PLUMBING.test(text))
  return node => {
    const kind = nodeKind[node]
    if (kind === NodeKind.code || kind === NodeKind['object shape']) return true
    return !isText(snapshot, node) && isInternalsName(nodeName[node])
  }
})

/**
 * What a browser notes of its own accord, up to a limit of its own ("Timing Entry Names Registry", w3c.github.io/timing-entrytypes-registry);
 * of marks and measures, which scripts make, there is no limit.
 */
const NOTED =
  /^(?:Performance(?:\w*Timing|SoftNavigation)|\w*ContentfulPaint|LayoutShift|VisibilityStateEntry|TaskAttributionTiming)$/

/**
 * A browser's own objects without a face in JavaScript: style caches, vectors, rules. Those have the qualified name of their C++ class
 * (`cppgc::NameProvider`, v8/include/cppgc/name-provider.h); what scripts can hold is named by its interface.
 */
export const browserParts = memoize((snapshot: Snapshot): ((node: number) => boolean) => {
  const {nodeKind, nodeName} = snapshot
  const isQualified = nameTest(snapshot, text => text.includes('::') || NOTED.test(text))
  return node => nodeKind[node] === NodeKind.native && isQualified(nodeName[node])
})
