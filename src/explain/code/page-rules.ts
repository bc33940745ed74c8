/** Rules for pages (Blink's `third_party/blink/renderer/core/dom/events`, `bindings/core/v8/js_based_event_listener.h`). */
import {NodeKind} from '../../snapshot/columns/schema.ts'
import {selectorOf} from '../words/dom-words.ts'
import type {Rule} from './code-fold.ts'
import {functionName, startName} from './code-nodes.ts'

const LISTENER_PARTS =
  /(?:^|\/ |blink::)(?:Detached )?(?:EventTargetData|RegisteredEventListener|EventListener|V8EventListener|V8EventHandler\w*|JSBasedEventListener)|^(?:Heap)?(?:Vector|HashMap|VectorBacking|HashTableBacking|BasicHeapVector|HeapVector\w*|HeapHash\w*)/

/** `window → EventTargetData → … → V8EventListener → function`: which event it is for is not in the file. */
export const pageListener: Rule = (chain, at) => {
  if (chain.snapshot.nodeKind[chain.target(at)] !== NodeKind.native) return undefined
  let end = at
  let seen = false
  while (
    end < chain.length &&
    chain.snapshot.nodeKind[chain.target(end)] === NodeKind.native &&
    LISTENER_PARTS.test(chain.rawName(chain.target(end)))
  ) {
    seen ||= chain.rawName(chain.target(end)).includes('EventListener')
    end++
  }
  if (!seen || end >= chain.length || chain.snapshot.nodeKind[chain.target(end)] !== NodeKind.closure) return undefined
  return {
    length: end + 1 - at,
    step: {
      kind: 'listener',
      event: '',
      of: 'page',
      isOnce: false,
      functionName: functionName(chain.snapshot, chain.target(end)),
    },
    inCode: true,
  }
}

/** From one node of a page's tree to another: parent, child or sibling, the file does not say which. */
export const pageTree: Rule = (chain, at) => {
  const {nodeKind} = chain.snapshot
  const isTree = (node: number) =>
    nodeKind[node] === NodeKind.native && /^(?:Detached )?(?:<|#text|Text|HTML|SVG)/.test(chain.rawName(node))
  if (!isTree(chain.source(at)) || !isTree(chain.target(at))) return undefined
  const selector = selectorOf(chain.snapshot, chain.target(at))
  const isElement = selector !== ''
  const name = isElement ? selector : startName(chain.snapshot, chain.target(at))
  return {length: 1, step: {kind: 'pageNode', name, isElement}}
}
