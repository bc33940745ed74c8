/**
 * Reads an XML document as strictly as the standard asks for what Graphviz writes, and throws on everything that a
 * reader would refuse: the tests must be able to fail where xmllint is not installed.
 */
import assert from 'node:assert/strict'

export interface XmlElement {
  name: string
  attributes: Map<string, string>
  /** Character data of the element itself. */
  text: string
  children: XmlElement[]
}

const declaration = /<\?xml version="1\.0"[^<>?]*\?>\s*/y
const tag = /<(\/?)([A-Za-z_][\w:.-]*)((?:\s+[A-Za-z_][\w:.-]*="[^"<]*")*)\s*(\/?)>/y
const attribute = /([A-Za-z_][\w:.-]*)="([^"<]*)"/g
const named: Record<string, string> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'"}

export function parseXml(xml: string): XmlElement {
  assertCharacters(xml)
  const top: XmlElement = {name: '', attributes: new Map(), text: '', children: []}
  const open = [top]
  declaration.lastIndex = 0
  let at = declaration.exec(xml)?.[0].length ?? 0
  while (at < xml.length) {
    const here = open[open.length - 1]
    if (xml[at] !== '<') {
      const end = xml.indexOf('<', at) < 0 ? xml.length : xml.indexOf('<', at)
      const text = xml.slice(at, end)
      assert.ok(!text.includes(']]>'), 'the end of a CDATA section in text')
      assert.ok(here !== top || text.trim() === '', 'text outside of the root element')
      here.text += decoded(text)
      at = end
      continue
    }
    tag.lastIndex = at
    const match = tag.exec(xml)
    assert.ok(match, `no tag at ${JSON.stringify(xml.slice(at, at + 80))}`)
    const [whole, closing, name, attributes, empty] = match
    at += whole.length
    if (closing) {
      assert.equal(attributes + empty, '', 'attributes on a closing tag')
      assert.equal(open.pop()?.name, name, 'tags that do not nest')
      continue
    }
    const element: XmlElement = {name, attributes: attributesOf(attributes), text: '', children: []}
    here.children.push(element)
    if (!empty) open.push(element)
  }
  assert.deepEqual(open, [top], 'elements left open')
  assert.equal(top.children.length, 1, 'one root element')
  return top.children[0]
}

/** All elements of that name, in the order of the document. */
export function elementsNamed(root: XmlElement, name: string): XmlElement[] {
  return [...(root.name === name ? [root] : []), ...root.children.flatMap(child => elementsNamed(child, name))]
}

function attributesOf(text: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, name, value] of text.matchAll(attribute)) {
    assert.ok(!found.has(name), `attribute ${name} twice`)
    found.set(name, decoded(value))
  }
  return found
}

function decoded(text: string): string {
  return text.replace(/&([^;]*);?/g, (reference, body: string) => {
    assert.ok(reference.endsWith(';'), `stray ampersand in ${JSON.stringify(text)}`)
    if (body in named) return named[body]
    const match = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(body)
    assert.ok(match, `unknown entity ${reference}`)
    const character = String.fromCodePoint(match[1] ? Number.parseInt(match[1], 16) : Number(match[2]))
    assertCharacters(character)
    return character
  })
}

/** XML 1.0, production 2. */
function assertCharacters(text: string): void {
  for (const character of text) {
    const code = character.codePointAt(0)!
    const allowed =
      code === 9 ||
      code === 10 ||
      code === 13 ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      code >= 0x10000
    assert.ok(allowed, `U+${code.toString(16)} is no character of XML`)
  }
}
