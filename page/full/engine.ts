/**
 * The program of a report's own thread: the command line of heapgraph itself, on the files that the page has brought. Answers command lines,
 * one after the other, with what they write in a terminal.
 */
import './node/globals.ts'
import {keepLast} from '../../src/cli/explore/kept-snapshot.ts'
import {commandLine, terminalLine} from '../../src/cli/explore/questions.ts'
import {written} from '../../src/cli/explore/written.ts'
import {executeCli} from '../../src/cli/main.ts'
import type {BroughtFile, FullAnswer} from '../explore/full.ts'
import {put} from './node/files.ts'

const {open} = keepLast(undefined, {onProgress: progress => postMessage({progress} satisfies FullAnswer)})
let paths: readonly string[] = []

/** The first message has the files, each other one a question. */
addEventListener('message', async ({data}: MessageEvent<{paths: string[]; brought: BroughtFile[]} | string[]>) => {
  try {
    if (!Array.isArray(data)) {
      paths = data.paths
      for (const {path, bytes, modified} of data.brought) put(path, bytes, modified)
      return
    }
    const line = commandLine(data, paths)
    const answer = await written(line, (args, io) => executeCli(args, io, open))
    postMessage({answer: {...answer, command: terminalLine(line, paths)}} satisfies FullAnswer)
  } catch (error) {
    postMessage({failed: error instanceof Error ? error.message : String(error)} satisfies FullAnswer)
  }
})
