/**
 * Makes docs/commands.md and man/heapgraph.1 from the tables of commands and formats, docs/api.md from the library's doc comments: `npm run --silent build && node scripts/make-reference.mjs`.
 * `--check` writes nothing and fails if they are not up to date.
 */
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {COMMANDS} from '../dist/cli/command-list.js'
import {createProgram} from '../dist/cli/create-program.js'
import {FORMATS} from '../dist/cli/formats.js'
import {apiReference} from './api-reference.mjs'

const program = createProgram({write: () => true}, () => {})
const commands = []
for (const {name, summary, examples, load} of COMMANDS) {
  const command = program.command(name).description(summary)
  const fill = await load()
  fill({program, io: {}, outcome: {exitCode: 0}, loaded: [], run: async () => 0}, command)
  commands.push({command, summary, examples})
}

const pages = {'docs/commands.md': markdown(), 'man/heapgraph.1': manual(), 'docs/api.md': apiReference()}
const check = process.argv.includes('--check')
for (const [path, text] of Object.entries(pages)) {
  const url = new URL(`../${path}`, import.meta.url)
  const isSame = existsSync(url) && readFileSync(url, 'utf8') === text
  if (isSame) continue
  if (check) {
    console.error(`${path} is not up to date: node scripts/make-reference.mjs`)
    process.exitCode = 1
    continue
  }
  mkdirSync(new URL('.', url), {recursive: true})
  writeFileSync(url, text)
}

/** Names, flags and meaning of a command's arguments and options, subcommands' too. */
function partsOf(command) {
  const help = command.createHelp()
  return {
    usage: help.commandUsage(command),
    args: command.registeredArguments
      .filter(({description}) => description !== '')
      .map(arg => [arg.name(), help.argumentDescription(arg)]),
    options: help.visibleOptions(command).map(option => [help.optionTerm(option), help.optionDescription(option)]),
    commands: help
      .visibleCommands(command)
      .filter(one => one.name() !== 'help')
      .map(one => [help.subcommandTerm(one), one.description()]),
  }
}

function markdown() {
  const cell = text => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
  const rows = list => list.map(([term, text]) => `| \`${term.replaceAll('|', '\\|')}\` | ${cell(text)} |\n`).join('')
  const table = (title, list) => (list.length === 0 ? '' : `\n| ${title} | |\n| --- | --- |\n${rows(list)}`)
  const section = ({command, summary, examples}) => {
    const {usage, args, options, commands: subcommands} = partsOf(command)
    const lines = examples.map(([line, question]) => `    heapgraph ${line}\n        ${question}\n`)
    return `\n## ${command.name()}\n\n${summary}.\n\n    ${usage}\n${table('argument', args)}${table('command', subcommands)}${table('option', options)}\n${lines.join('')}`
  }
  const formats = FORMATS.map(
    ({name, endings, shows, use}) =>
      `| ${name} | ${endings.map(ending => `\`${ending}\``).join(' ')} | ${shows.join(', ')} | ${use} |\n`,
  )
  return `# Commands and formats

Made by \`scripts/make-reference.mjs\` from the program itself; \`heapgraph COMMAND --help\` says the same.

## Options of all commands
${table('option', partsOf(program).options)}
## Formats

\`-o FILE\` chooses the format by the file's ending, \`--format\` by its name.

| format | endings | shows | for |
| --- | --- | --- | --- |
${formats.join('')}${commands.map(section).join('')}`
}

/** Of man-pages(7); a line that begins with a dot or a quote would be a request. */
function manual() {
  const text = line =>
    line
      .replaceAll('\\', '\\e')
      .replaceAll('-', '\\-')
      .replace(/^([.'])/, '\\&$1')
  const list = pairs =>
    pairs.map(([term, about]) => `.TP\n.B ${text(term)}\n${text(about === '' ? term : about)}\n`).join('')
  const section = ({command, summary, examples}) => {
    const {usage, args, options, commands: subcommands} = partsOf(command)
    const lines = examples.map(([line, question]) => `.TP\n${text(`heapgraph ${line}`)}\n${text(question)}\n`)
    return `.SS ${command.name()}\n${text(summary)}.\n.PP\n.B ${text(usage)}\n${list(args)}${list(subcommands)}${list(options)}${lines.join('')}`
  }
  return `.TH HEAPGRAPH 1
.SH NAME
heapgraph \\- why objects of a JavaScript program stay alive
.SH SYNOPSIS
.B heapgraph
.I COMMAND
.RI [ OPTION " ...] " SNAPSHOT
.SH DESCRIPTION
${text(program.description())}
.SH OPTIONS
${list(partsOf(program).options)}.SH COMMANDS
${commands.map(section).join('')}.SH EXIT STATUS
.TP
.B 0
answered
.TP
.B 1
nothing found, or an assertion failed
.TP
.B 2
misuse or unreadable input
`
}
