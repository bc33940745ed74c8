/** Answers as findings on lines: the forms, and how files are called there. */
import {isAbsolute, relative, sep} from 'node:path'
import {fileURLToPath} from 'node:url'
import {type Finding, findingsJunit, type LocatedFinding, toGithub, toGitlab, toSarif} from '../index.ts'
import type {Format} from './formats.ts'
import {version} from './version.ts'

const WRITERS = {sarif: toSarif, github: toGithub, gitlab: toGitlab, junit: findingsJunit}

export type FindingsFormat = keyof typeof WRITERS

export function isFindingsFormat(format: Format): format is FindingsFormat {
  return Object.hasOwn(WRITERS, format)
}

/** The text of an answer in one of these forms. `snapshot`: the file that was asked, for findings without a line. */
export function findingsText(format: FindingsFormat, findings: readonly Finding[], snapshot: string): string {
  const located = findings.map(({script, ...finding}): LocatedFinding => ({...finding, file: fileOf(script)}))
  return WRITERS[format](located, {version: version(), snapshot: fileOf(snapshot)})
}

/** As the repository has it: below the working folder, with `/`. Others are left as they are. */
function fileOf(script: string): string {
  const path = pathOf(script)
  if (!isAbsolute(path)) return path
  const below = relative(process.cwd(), path)
  return below.startsWith('..') || isAbsolute(below) ? path : below.split(sep).join('/')
}

function pathOf(script: string): string {
  if (!script.startsWith('file:')) return script
  try {
    return fileURLToPath(script)
  } catch {
    return script
  }
}
