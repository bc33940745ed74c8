/**
 * Proves cuts in living programs on several versions of Node: `npm run prove -- 20 22 24 26 [part of a program's path …]`; without versions on this
 * one. Prints predicted : measured of every program, and of every captured variable. The binaries come from npm. Exit code 1 if a prediction that was made does not hold.
 */
import {execFileSync} from 'node:child_process'
import {rmSync} from 'node:fs'
import {provesCaptured} from '../test/proof/captured.ts'
import {PROOFS} from '../test/proof/cases.ts'
import {isThere, provesOf} from '../test/proof/proofs.ts'
import {installNode} from './node-binary.mjs'

const words = process.argv.slice(2)
const versions = words.filter(word => /^\d+(\.\d+)*$/.test(word))
const parts = words.filter(word => !versions.includes(word))
const CAPTURED = 'captured-mends/main.cjs'
const isAsked = program => parts.length === 0 || parts.some(part => program.includes(part))
const chosen = PROOFS.filter(({program}) => isAsked(program))
let isWrong = false

for (const version of versions.length === 0 ? [undefined] : versions) {
  const {node, folder} = version === undefined ? {node: process.execPath} : installNode(version)
  try {
    console.log(`\n# ${execFileSync(node, ['--version'], {encoding: 'utf8'}).trim()}`)
    for (const proof of chosen) await show(proof, node)
    if (isAsked(CAPTURED)) await showCaptured(node)
  } finally {
    if (folder !== undefined) rmSync(folder, {recursive: true, force: true})
  }
}
process.exit(isWrong ? 1 : 0)

async function show(proof, node) {
  if (!isThere(proof)) return console.log(`-      ${proof.program}: not there`)
  const results = await provesOf(proof, node).catch(error => [
    {program: proof.program, asked: '', problem: error.message},
  ])
  for (const {program, asked, cuts = [], meant, view, problem} of results) {
    const told = `${program}  ${asked}${cuts.length === 0 ? '' : `  ✂ ${cuts.join(' ✂ ')}`}`
    if (view === undefined) {
      console.log(`-      ${told}: ${problem}`)
      continue
    }
    const {predicted, gone, besides, uncut} = view
    const isOpen = !view.holds && uncut.length > 0
    isWrong ||= !view.holds && !isOpen
    const measured = `${predicted.selfBytes} : ${gone.selfBytes + besides.selfBytes} B`
    const of = meant === undefined ? '' : `, ${meant.type} ${meant.predicted} : ${meant.gone} of ${meant.count}`
    console.log(`${view.holds ? 'holds' : isOpen ? 'uncut' : 'WRONG'}  ${told}: ${measured}${of}`)
    for (const {reason, edges} of uncut) console.log(`         not cut: ${edges} edges, ${reason}`)
    if (view.mayGo.count > 0) {
      console.log(`         may go by callbacks: ${view.mayGo.selfBytes} : ${view.mayGo.goneBytes} B`)
    }
    if (view.holds || isOpen) continue
    for (const row of view.rows.filter(({stayed}) => stayed > 0).slice(0, 4)) {
      console.log(`         predicted to be freed, but still there: ${row.stayed} of ${row.predicted} ${row.type}`)
    }
    for (const row of besides.types.slice(0, 4))
      console.log(`         predicted to stay, but freed: ${row.count} ${row.type}`)
  }
}

/** Captured variables that nobody uses, let go of in each of the ways: bytes that `closures` says, and that went. */
async function showCaptured(node) {
  const {acted} = await provesCaptured(node)
  for (const {variable, mend, predictedBytes, freedBytes, before, after, failed} of acted) {
    const told = `${CAPTURED}  ${variable}  ${mend}`
    if (failed.length > 0) console.log(`-      ${told}: ${failed.join('; ')}`)
    else console.log(`       ${told}: ${predictedBytes} : ${freedBytes} B, ${before} objects → ${after}`)
  }
}
