/**
 * What the whole texts of a snapshot's scripts say: their functions, scopes and variables.
 *
 * For those who ask where a variable is declared or who uses it: `syntaxOfScript(snapshot, script)` gives the scopes (see
 * script-scopes.ts) and `lines` to turn offsets into places; `scopeOfClosure` (script-lines.ts) the function of a closure. Both are
 * undefined where the file has not the whole text (V8 cuts strings at 1,024 characters unless `--heap-snapshot-string-limit` says
 * otherwise) or it is no JavaScript that acorn knows: TypeScript with types, newer syntax. The text comes from the file and is
 * hostile: it is never run, nothing here throws because of it, and neither size nor number of scripts is without bound.
 */
import {getOrMake, memoize} from '../../util/memo.ts'
import {weakTexts} from '../../util/weak-texts.ts'
import {EdgeKind, NodeKind} from '../columns/schema.ts'
import {keyOfTextsBeside, snapshotSetting} from '../columns/settings.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {internalTargets, stringsOfName} from './internal-edges.ts'
import {parseScript, type ScriptSyntax} from './parse-script.ts'
import {readablePath} from './places.ts'
import {columnsOf, type SyntaxColumns, syntaxKey, syntaxOf} from './saved-syntax.ts'
import {isText, mayBeText, type ReadText, readText, textOf} from './text.ts'

/** UTF-16 units of a text that is parsed, and of all those parsed for a snapshot: a million takes about half a second. */
const MAX_SCRIPT = 12_000_000
const MAX_TOTAL = 48_000_000

/** The script of a closure, by ordinal; -1 if the file does not say. */
export function scriptOf(snapshot: Snapshot, closure: number): number {
  const target = internalTargets(snapshot)
  const shared = target(closure, 'shared')
  return shared < 0 ? -1 : scriptOfShared(snapshot, shared)
}

/** The same of a SharedFunctionInfo: `script_or_debug_info` before V8 9.9. */
function scriptOfShared(snapshot: Snapshot, shared: number): number {
  const target = internalTargets(snapshot)
  const script = target(shared, 'script')
  return script >= 0 ? script : target(shared, 'script_or_debug_info')
}

/** Whether a string is the text of a script (`V8HeapExplorer::ExtractScriptReferences`): V8 has it as long as code of it lives. */
export function isScriptText(snapshot: Snapshot, node: number): boolean {
  if (!isText(snapshot, node)) return false
  const {edgeKind, edgeName, nodeKind, retainers} = snapshot
  const source = stringsOfName(snapshot, 'source')
  for (let slot = retainers.first[node]; slot < retainers.first[node + 1]; slot++) {
    const edge = retainers.edge[slot]
    const isOfScript = edgeKind[edge] === EdgeKind.internal && nodeKind[retainers.source[slot]] === NodeKind.code
    if (isOfScript && source.has(edgeName[edge])) return true
  }
  return false
}

/** Reads the file that a script came from; undefined where there is none. */
export type ScriptFiles = (script: string) => string | undefined

const scriptFiles = snapshotSetting<ScriptFiles>(keyOfTextsBeside)

/** From here on texts that V8 has cut are taken from the scripts' files, where those agree. Must come before the first question. */
export function useScriptFiles(snapshot: Snapshot, files: ScriptFiles): void {
  scriptFiles.set(snapshot, files)
}

/**
 * The text of a script: as far as the snapshot has it, or all of it from the script's file if that begins like it and is as long.
 * Undefined where there is none.
 */
export function textOfScript(snapshot: Snapshot, script: number): ReadText | undefined {
  const target = internalTargets(snapshot)
  const source = target(script, 'source')
  const read = source < 0 ? undefined : readText(snapshot, source, MAX_SCRIPT + 1)
  if (read === undefined || read.isWhole || !read.isKnown) return read
  return getOrMake(textsOfFiles(snapshot), script, () => {
    const node = target(script, 'name')
    const name = node < 0 ? undefined : textOf(snapshot, node)
    const written = name === undefined ? undefined : scriptFiles.get(snapshot)?.(readablePath(name))
    // Node takes off what marks a text as Unicode.
    const text = written?.startsWith('\ufeff') && !read.text.startsWith('\ufeff') ? written.slice(1) : written
    if (text === undefined || !text.startsWith(read.text) || !mayBeText(snapshot, source, text)) return read
    return {text, isKnown: true, isWhole: true}
  })
}

const textsOfFiles = memoize((_: Snapshot) => new Map<number, ReadText>())

interface Parsed {
  syntax: Map<number, ScriptSyntax | undefined>
  /** Test runners and hot reloading compile one text many times. */
  ofText: Map<string, ParsedText | undefined>
  left: number
}

interface ParsedText {
  syntax: ScriptSyntax | undefined
}

/** Snapshots of one program have the same scripts: parsed once while one of them lives that has asked. */
const parsedTexts = weakTexts<ParsedText>()

const parsedScripts = memoize((_: Snapshot): Parsed => ({syntax: new Map(), ofText: new Map(), left: MAX_TOTAL}))

/** Parsed, unless the index or another snapshot has what came of it. */
function savedSyntax(snapshot: Snapshot, text: string): ParsedText {
  let parsed: ParsedText | undefined
  const columns = snapshot.saved.group<SyntaxColumns>(`syntax ${syntaxKey(text)}`, ['numbers', 'texts'], () => {
    parsed = parsedTexts.get(text, () => ({syntax: parseScript(text)}))
    return columnsOf(parsed.syntax)
  })
  return parsed ?? parsedTexts.get(text, () => ({syntax: syntaxOf(columns, text)}))
}

/** Parsed once for each text of the scripts that are asked for, by ordinal. */
export function syntaxOfScript(snapshot: Snapshot, script: number): ScriptSyntax | undefined {
  const parsed = parsedScripts(snapshot)
  return getOrMake(parsed.syntax, script, () => {
    const source = textOfScript(snapshot, script)
    if (source === undefined || !source.isWhole) return undefined
    const {text} = source
    const found = getOrMake(parsed.ofText, text, () => {
      // What a snapshot is told does not depend on what was read before it.
      if (text.length > MAX_SCRIPT || text.length > parsed.left) return undefined
      parsed.left -= text.length
      return savedSyntax(snapshot, text)
    })
    return found?.syntax
  })
}
