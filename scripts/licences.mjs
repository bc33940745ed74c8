/** Whoever gets a page gets the code of packages: their licences ask to be told with it. */
import {readdirSync, readFileSync} from 'node:fs'

/** The licences of the packages that modules are of, as comments. */
export function licencesOf(modules) {
  const packages = modules.map(path => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0])
  return [...new Set(packages)]
    .filter(folder => folder !== undefined)
    .map(folder => {
      const {name, license} = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
      const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry))
      // Some name their licence only.
      const text = file === undefined ? license : readFileSync(`${folder}/${file}`, 'utf8').trim()
      return `/*\n${name}\n\n${text}\n*/\n`
    })
    .join('')
}
