/**
 * Nodes of a page's tree. Edges between them have no names, but Blink traces them in a fixed order: behind the document (the TreeScope)
 * comes the parent, if there is one (`Node::Trace` in third_party/blink/renderer/core/dom/node.cc).
 */
import {nameTest} from '../../snapshot/code/names.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {memoize} from '../../util/memo.ts'

const PAGE_NODE = /^(?:Detached )?(?:<|HTMLDocument|XMLDocument|Document$|DocumentFragment|ShadowRoot)/
const OTHER_PAGE_NODE = /^(?:Detached )?(?:#|Window)/
const TEXT = /^(?:Detached )?(?:#|Text$|Comment$|CDATASection$)/
const TREE_SCOPE = /^(?:Detached )?(?:HTMLDocument|XMLDocument|Document$|ShadowRoot)/

export interface PageNodes {
  /** Whether a node is an element, a document or the like. */
  isPageNode(node: number): boolean
  /** The same, a window or a text. */
  isOfPage(node: number): boolean
  /** Whether a node is one of a page's tree: an element, a document, a text, a comment. */
  isTreeNode(node: number): boolean
  /** Whether it is what others are in the tree of: a document, a shadow root. */
  isTreeScope(node: number): boolean
  /** The edge by which a node of a page's tree has what it is in the tree of; -1 if it has none. */
  treeScopeEdge(node: number): number
}

export const pageNodes = memoize((snapshot: Snapshot): PageNodes => {
  const {edgeKind, edgeTarget, firstEdge, nodeKind, nodeName} = snapshot
  const isPageName = nameTest(snapshot, text => PAGE_NODE.test(text))
  const isOfPageName = nameTest(snapshot, text => PAGE_NODE.test(text) || OTHER_PAGE_NODE.test(text))
  const isTreeName = nameTest(snapshot, text => PAGE_NODE.test(text) || TEXT.test(text))
  const isScopeName = nameTest(snapshot, text => TREE_SCOPE.test(text))
  const isTreeScope = (node: number) => nodeKind[node] === NodeKind.native && isScopeName(nodeName[node])
  return {
    isPageNode: node => nodeKind[node] === NodeKind.native && isPageName(nodeName[node]),
    isOfPage: node => nodeKind[node] === NodeKind.native && isOfPageName(nodeName[node]),
    isTreeNode: node => nodeKind[node] === NodeKind.native && isTreeName(nodeName[node]),
    isTreeScope,
    treeScopeEdge(node) {
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
        if (edgeKind[edge] === EdgeKind.element && isTreeScope(edgeTarget[edge])) return edge
      }
      return -1
    },
  }
})
