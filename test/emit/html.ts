/** HTML as a browser's parser reads it. */
import {type DefaultTreeAdapterTypes, defaultTreeAdapter} from 'parse5'

type Node = DefaultTreeAdapterTypes.Node

export interface HtmlElement {
  name: string
  attributes: Map<string, string>
  node: Node
}

/** All elements in their order in the document. */
export function elementsOf(node: Node): HtmlElement[] {
  const children = 'childNodes' in node ? node.childNodes.flatMap(elementsOf) : []
  if (!defaultTreeAdapter.isElementNode(node)) return children
  return [
    {name: node.tagName, attributes: new Map(node.attrs.map(({name, value}) => [name, value])), node},
    ...children,
  ]
}

export function textOf(node: Node): string {
  if (defaultTreeAdapter.isTextNode(node)) return node.value
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : ''
}
