/** Answers as findings on lines: the forms, and how files are called there. */
import {type Finding, fileBelow, findingsJunit, locatedFindings, toGithub, toGitlab, toSarif} from '../index.ts'
import type {Format} from './formats.ts'

const WRITERS = {sarif: toSarif, github: toGithub, gitlab: toGitlab, junit: findingsJunit}

export type FindingsFormat = keyof typeof WRITERS

export function isFindingsFormat(format: Format): format is FindingsFormat {
  return Object.hasOwn(WRITERS, format)
}

/** The text of an answer in one of these forms. `snapshot`: the file that was asked, for findings without a line. */
export function findingsText(format: FindingsFormat, findings: readonly Finding[], snapshot: string): string {
  const folder = process.cwd()
  return WRITERS[format](locatedFindings(findings, folder), fileBelow(snapshot, folder))
}
